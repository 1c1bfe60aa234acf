import { SemVer } from 'semver'
import { holdsByOrder } from '../index.ts'
import { parseNpmVersion } from './version.ts'

/** `>=1.2.3-beta.1`, `<2`, `=1.x`: as advisories write them. */
interface Comparator {
  readonly operator: string
  /** Major, minor, patch; null for a wildcard or a missing one, which any number equals. */
  readonly release: readonly (number | null)[]
  readonly prerelease: string
}

const part = String.raw`(?:\d+|[xX*])`
const comparator = new RegExp(
  String.raw`\s*(?:(?<operator>==|>=|=>|<=|=<|[<>=~^])\s*)?v?(?<release>${part}(?:\.${part}){0,2})(?:-(?<prerelease>[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?\s*,?`,
  'y',
)

/**
 * Whether a version is in one of the alternatives of a constraint; undefined when version or constraint do not parse.
 * Trivy's grammar (aquasecurity/go-npm-version), which is not node-semver's: `,` and spaces mean "and", no hyphen ranges.
 * Pre-releases are versions like others (`1.2.3-rc.1` is in `<1.2.3`), as in Trivy since 0.65; older ones left them out.
 */
export function satisfies(version: string, constraint: string): boolean | undefined {
  const installed = parseNpmVersion(version)
  if (installed === undefined) return undefined
  const alternatives = constraint.split('||').map(parseComparators)
  if (alternatives.includes(undefined)) return undefined
  return alternatives.some((all) => all?.every((one) => holds(installed, one)))
}

function parseComparators(text: string): Comparator[] | undefined {
  const comparators: Comparator[] = []
  comparator.lastIndex = 0
  let at = 0
  const end = text.trimEnd().length
  while (at < end) {
    comparator.lastIndex = at
    const groups = comparator.exec(text)?.groups
    if (groups === undefined) return undefined
    const { operator = '', release = '', prerelease = '' } = groups
    comparators.push({ operator, release: release.split('.').map(numberOf), prerelease })
    at = comparator.lastIndex
  }
  return comparators
}

function numberOf(text: string): number | null {
  return /^\d/.test(text) ? Number(text) : null
}

function holds(version: SemVer, { operator, ...bound }: Comparator): boolean {
  const wild = bound.release.length < 3 || bound.release.includes(null)
  if (wild && bound.prerelease !== '') return false
  const order = orderTo(version, bound)
  const plain = holdsByOrder(operator, order)
  if (plain !== undefined) return plain
  const end = operator === '~' ? tildeEnd : caretEnd
  return order >= 0 && isBefore(version, end(bound.release))
}

/** Against a bound with wildcards: equal as soon as the first one is reached. */
function orderTo(version: SemVer, bound: Omit<Comparator, 'operator'>): number {
  const numbers = [version.major, version.minor, version.patch]
  for (const [index, number] of numbers.entries()) {
    const other = bound.release[index] ?? null
    if (other === null) return 0
    if (number !== other) return number - other
  }
  return version.comparePre(prereleaseOnly(bound.prerelease))
}

function prereleaseOnly(prerelease: string): SemVer {
  return new SemVer(prerelease === '' ? '0.0.0' : `0.0.0-${prerelease}`, { loose: true })
}

type End = readonly [number, number, number] | undefined

function isBefore(version: SemVer, end: End): boolean {
  return end === undefined || version.compare(end.join('.')) < 0
}

/** `~1.2.3` ends at 1.3.0, `~1` at 2.0.0, `~*` nowhere. */
function tildeEnd([major = null, minor = null]: Comparator['release']): End {
  if (major === null) return undefined
  return minor === null ? [major + 1, 0, 0] : [major, minor + 1, 0]
}

/** `^1.2.3` ends at 2.0.0, `^0.2.3` at 0.3.0, `^0.0.3` at 0.0.4: where the first number that is not 0 changes. */
function caretEnd([major = null, minor = null, patch = null]: Comparator['release']): End {
  if (major === null) return undefined
  if (major !== 0 || minor === null) return [major + 1, 0, 0]
  if (minor !== 0 || patch === null) return [0, minor + 1, 0]
  return [0, 0, patch + 1]
}
