import type { PackageFact } from '../../indexing/index.ts'
import { decodeGoObject, jsonObject, jsonTextField, splitLicenses } from '../index.ts'

/**
 * The packages of `composer.lock` or of `vendor/composer/installed.json`, which have the same form; not those for development that
 * a lock file keeps apart. Of two with one name the first counts.
 * @throws SyntaxError, TypeError for what is no such file, also the list that Composer 1 wrote to installed.json
 */
export function readPackages(text: string): PackageFact[] {
  const listed = decodeGoObject(text, 'the file')?.get('packages') ?? []
  if (!Array.isArray(listed)) throw new TypeError('"packages" is not a list')
  const packages = new Map<string, PackageFact>()
  for (const item of listed as readonly unknown[]) {
    const fact = packageOf(item)
    if (!packages.has(fact.name)) packages.set(fact.name, fact)
  }
  packages.delete('')
  return [...packages.values()]
}

function packageOf(item: unknown): PackageFact {
  const fields = item === null ? new Map<string, unknown>() : jsonObject(item)
  if (fields === undefined) throw new TypeError('a package is not an object')
  const licenses = licensesOf(fields.get('license'))
  return {
    name: jsonTextField(fields, 'name'),
    version: jsonTextField(fields, 'version'),
    ...(licenses.length === 0 ? {} : { licenses }),
  }
}

/** A list, or one word for all. */
function licensesOf(value: unknown): string[] {
  if (typeof value === 'string') return splitLicenses(value)
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}
