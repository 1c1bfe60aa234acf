import type { Analyzer, LayerFact, PackageFact } from '../../indexing/index.ts'
import {
  decodeText,
  isOutsideOfPrograms,
  type JsonObject,
  jsonObject,
  jsonObjectField,
  jsonTextField,
  libraryFacts,
} from '../index.ts'

/** Kinds of libraries that are software: packages, the program and its own libraries, .NET itself where it comes along. */
const kinds: ReadonlySet<string> = new Set(['package', 'project', 'runtimepack'])

/** `app.deps.json` beside a published program: what the .NET host loads. */
export const dependenciesAnalyzer: Analyzer = {
  id: 'nuget-dependencies',
  version: 1,
  maxSize: 64 * 1024 * 1024,
  wants: ({ path }) => path.endsWith('.deps.json') && !isOutsideOfPrograms(path),
  concerns: ({ extensions }) => extensions.includes('json'),
  read: (path, content): LayerFact[] => {
    const packages = parseDependencies(decodeText(content))
    return libraryFacts('nuget', path, packages)
  },
}

/**
 * The libraries of a dependency manifest that are there when the program runs: those for compiling only have no files in the target
 * (Trivy 0.54, pkg/dependency/parser/dotnet/core_deps).
 * @throws SyntaxError, TypeError
 */
export function parseDependencies(text: string): PackageFact[] {
  const manifest = jsonObject(JSON.parse(text))
  if (manifest === undefined) throw new TypeError('it is not an object')
  const target = targetOf(manifest)
  const facts = new Map<string, PackageFact>()
  for (const [key, value] of jsonObjectField(manifest, 'libraries')) {
    const kind = jsonTextField(jsonObject(value) ?? new Map(), 'type').toLowerCase()
    const slash = key.indexOf('/')
    if (slash === -1 || !kinds.has(kind)) continue
    const name = withoutPrefix(key.slice(0, slash))
    const version = key.slice(slash + 1)
    const library = target?.get(`${name}/${version}`)
    if (library === undefined || isLoaded(library)) facts.set(`${name}/${version}`, { name, version })
  }
  return Array.from(facts.values())
}

/** The libraries of the target that runs, by name and version; undefined where the manifest names none that it has. */
function targetOf(manifest: JsonObject): JsonObject | undefined {
  const name = jsonTextField(jsonObjectField(manifest, 'runtimeTarget'), 'name')
  const target = jsonObject(jsonObjectField(manifest, 'targets').get(name))
  return target && new Map(Array.from(target, ([key, library]) => [withoutPrefix(key), library]))
}

function isLoaded(library: unknown): boolean {
  const fields = jsonObject(library)
  return ['runtime', 'runtimeTargets', 'native'].some((field) => (fields?.get(field) ?? null) !== null)
}

/** The SDK calls the .NET that comes along `runtimepack.Microsoft.NETCore.App.Runtime.linux-x64`. */
function withoutPrefix(name: string): string {
  return name.replace(/^runtimepack\./, '')
}
