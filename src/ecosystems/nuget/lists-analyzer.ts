import type { Analyzer, LayerFact, PackageFact } from '../../indexing/index.ts'
import {
  decodeText,
  isOutsideOfPrograms,
  jsonObject,
  jsonObjectField,
  jsonTextField,
  libraryFacts,
} from '../index.ts'
import { parsePackagesConfig } from './packages-config.ts'

/** packages.lock.json and the older packages.config. */
export const listsAnalyzer: Analyzer = {
  id: 'nuget-lists',
  version: 2,
  maxSize: 64 * 1024 * 1024,
  wants: ({ path }) => /(?:^|\/)packages\.(?:lock\.json|config)$/.test(path) && !isOutsideOfPrograms(path),
  concerns: ({ names }) => names.includes('packages.lock.json') || names.includes('packages.config'),
  read: (path, content): LayerFact[] => {
    const text = decodeText(content)
    const packages = unique(path.endsWith('.config') ? parsePackagesConfig(text) : parseLockFile(text))
    return libraryFacts('nuget', path, packages)
  },
}

/** Of every target framework; projects of the same solution are left out. @throws SyntaxError, TypeError */
export function parseLockFile(text: string): PackageFact[] {
  const lock = jsonObject(JSON.parse(text))
  if (lock === undefined) throw new TypeError('it is not an object')
  const targets = jsonObjectField(lock, 'dependencies')
  return Array.from(targets.keys()).flatMap((target) =>
    Array.from(jsonObjectField(targets, target)).flatMap(([name, value]): PackageFact[] => {
      const dependency = jsonObject(value) ?? new Map()
      const version = jsonTextField(dependency, 'resolved')
      return jsonTextField(dependency, 'type') === 'Project' ? [] : [{ name, version }]
    }),
  )
}

function unique(facts: readonly PackageFact[]): PackageFact[] {
  return Array.from(new Map(facts.map((fact) => [`${fact.name}@${fact.version}`, fact])).values())
}
