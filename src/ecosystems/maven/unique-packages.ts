import type { PackageFact } from '../../indexing/index.ts'
import { areEqualVersions, type MavenVersion, parseMavenVersion } from './version.ts'

/** Real ones have a handful: beyond, only versions that are spelt the same are one. */
const MAX_COMPARED = 20

/** The versions of one name at one place. */
class Versions {
  readonly #spellings = new Set<string>()
  readonly #compared: MavenVersion[] = []

  /** @returns whether it is another one than those before */
  add(text: string): boolean {
    if (this.#spellings.has(text)) return false
    if (this.#compared.length < MAX_COMPARED) {
      const version = parseMavenVersion(text)
      if (version !== undefined) {
        if (this.#compared.some((each) => areEqualVersions(each, version))) return false
        this.#compared.push(version)
      }
    }
    this.#spellings.add(text)
    return true
  }
}

/** Of equal versions (`2.17`, `2.17.0`) of one name at one place the first counts, as in Trivy since 0.54. */
export function uniquePackages(packages: readonly PackageFact[]): readonly PackageFact[] {
  const places = new Map<string, Versions>()
  return packages.filter(({ name, version, path = '' }) => {
    const key = `${name}\0${path}`
    const versions = places.get(key) ?? new Versions()
    places.set(key, versions)
    return versions.add(version)
  })
}
