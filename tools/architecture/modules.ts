import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseSync } from 'oxc-parser'

/** A source file as the rules see it. */
export interface Module {
  /** Path from `src/`, with forward slashes. */
  readonly path: string
  readonly source: string
  /** What it imports, type imports and re-exports too: paths from `src/` for own files, bare names for packages. */
  readonly imports: readonly string[]
}

/** Reads one module; `path` is relative to `src/`. Dynamic imports with a literal count as imports. */
export function parseModule(path: string, source: string): Module {
  const { module, errors } = parseSync(path, source)
  const fatal = errors.find((error) => error.severity === 'Error')
  if (fatal !== undefined) throw new Error(`${path}: ${fatal.message}`)
  const requests = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) => entry.entries.map((item) => item.moduleRequest?.value)),
    ...module.dynamicImports.map((entry) =>
      source.slice(entry.moduleRequest.start + 1, entry.moduleRequest.end - 1),
    ),
  ].filter((request) => request !== undefined)
  const imports = [...new Set(requests)].map((request) =>
    request.startsWith('.') ? join(dirname(path), request) : request,
  )
  return { path, source, imports }
}

/** Every TypeScript file under `root/src`. */
export function readModules(root: string): Module[] {
  const src = join(root, 'src')
  return globSync('**/*.{ts,tsx}', { cwd: src, exclude: ['**/node_modules/**', '**/*.d.ts'] })
    .map((path) => relative(src, join(src, path)).split('\\').join('/'))
    .sort()
    .map((path) => parseModule(path, readFileSync(join(src, path), 'utf8')))
}
