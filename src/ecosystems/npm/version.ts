import { SemVer } from 'semver'

/** semver.org's own grammar: no leading `v`, no spaces, no leading zeros. Trivy takes nothing else for an installed version. */
const strict =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*))*)?(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/

/** undefined for what is no version, and for numbers beyond 2^53. */
export function parseNpmVersion(text: string): SemVer | undefined {
  if (text.length > 256 || !strict.test(text)) return undefined
  try {
    return new SemVer(text)
  } catch {
    return undefined
  }
}

/** Precedence of Semantic Versioning 2.0 (build metadata does not count); undefined when one of the two is no version. */
export function compareNpmVersions(left: string, right: string): number | undefined {
  const a = parseNpmVersion(left)
  const b = parseNpmVersion(right)
  return a === undefined || b === undefined ? undefined : a.compare(b)
}
