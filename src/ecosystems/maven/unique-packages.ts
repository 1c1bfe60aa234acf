import type { PackageFact } from '../../indexing/index.ts'
import { areEqualVersions } from './version.ts'

/** Real ones have a handful: beyond, only versions that are spelt the same are one. */
const MAX_COMPARED = 100

/** Of equal versions (`2.17`, `2.17.0`) of one name at one place the first counts, as in Trivy since 0.54. */
export function uniquePackages(packages: readonly PackageFact[]): readonly PackageFact[] {
  const versions = new Map<string, Set<string>>()
  return packages.filter(({ name, version, path = '' }) => {
    const key = `${name}\0${path}`
    const seen = versions.get(key) ?? new Set()
    versions.set(key, seen)
    if (seen.has(version)) return false
    if (seen.size < MAX_COMPARED && [...seen].some((each) => areEqualVersions(each, version))) return false
    seen.add(version)
    return true
  })
}
