import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface LockFile {
  readonly packages: Readonly<
    Record<
      string,
      { readonly resolved?: string; readonly optionalDependencies?: Readonly<Record<string, string>> }
    >
  >
}

/**
 * What would make `npm ci` fail on another machine, or name one: optional packages of other platforms that are not in the
 * lock file (npm leaves them out where it cannot find them), and download addresses.
 */
export function checkLockFile(root: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile
  const present = new Set(
    Object.keys(packages).map((path) =>
      path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    ),
  )
  const missing = Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !present.has(name))
      .map(
        (name) =>
          `package-lock.json: ${path || 'the package'} wants ${name}, which is not locked: npm ci fails`,
      ),
  )
  const addressed = Object.entries(packages)
    .filter(([, entry]) => entry.resolved !== undefined)
    .map(([path]) => `package-lock.json: ${path} has a download address`)
  return [...missing, ...addressed]
}
