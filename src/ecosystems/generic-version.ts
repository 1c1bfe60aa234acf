import {
  type Bound,
  constraintGrammar,
  createConstraintReader,
  holdsByOrder,
  someHold,
} from './constraint.ts'
import {
  compareIdentifiers,
  compareIntegers,
  type Integer,
  increment,
  parseInteger,
  parseIntegers,
  withoutTrailingZeros,
} from './integer.ts'

/**
 * Versions of the ecosystems for which Trivy has no comparer of their own (aquasecurity/go-version, pkg/version): any count
 * of numbers, a pre-release with or without `-` before it, build metadata that does not count. A leading `v` is fine.
 */
export interface GenericVersion {
  /** Without trailing zeros: 1.2 and 1.2.0 are equal. */
  readonly numbers: readonly Integer[]
  /** As many numbers as were written: what `~`, `^` and `~>` count. */
  readonly written: readonly Integer[]
  readonly prerelease: readonly (Integer | string)[]
}

const MAX_LENGTH = 10_000

const identifiers = String.raw`[0-9A-Za-z~-]+(?:\.[0-9A-Za-z~-]+)*`
const versionPattern =
  String.raw`v?[0-9]+(?:\.[0-9]+)*` +
  String.raw`(?:-[0-9]+[0-9A-Za-z~-]*(?:\.[0-9A-Za-z~-]+)*|-?[A-Za-z~-]+[0-9A-Za-z~-]*(?:\.[0-9A-Za-z~-]+)*)?` +
  String.raw`(?:\+${identifiers})?`
const version = new RegExp(versionPattern, 'y')
const grammar = constraintGrammar(
  ['==', '!=', '>=', '=>', '<=', '=<', '~>', '=', '>', '<', '~', String.raw`\^`],
  versionPattern,
)

/** undefined for what is no version: among others, letters after a dot (`1.0.Final`). */
export function parseGenericVersion(text: string): GenericVersion | undefined {
  version.lastIndex = 0
  if (text.length > MAX_LENGTH || !version.test(text) || version.lastIndex < text.length) return undefined
  const [bare = ''] = text.split('+', 1)
  const [release = ''] = /^v?[0-9.]+/.exec(bare) ?? []
  const written = parseIntegers(release.replace('v', ''))
  if (written === undefined) return undefined
  return versionOf(written, prereleaseOf(bare.slice(release.length)))
}

function versionOf(written: readonly Integer[], prerelease: GenericVersion['prerelease']): GenericVersion {
  return { numbers: withoutTrailingZeros(written), written, prerelease }
}

/** The one `-` that separates is no part of it; further ones are. */
function prereleaseOf(text: string): GenericVersion['prerelease'] {
  const bare = /^-[0-9A-Za-z~-]/.test(text) ? text.slice(1) : text
  return bare === ''
    ? []
    : bare.split('.').map((part) => (/^[0-9]+$/.test(part) ? (parseInteger(part) ?? part) : part))
}

/** Negative, zero, positive; undefined when one of the two is no version. */
export function compareGenericVersions(left: string, right: string): number | undefined {
  const a = parseGenericVersion(left)
  const b = parseGenericVersion(right)
  return a === undefined || b === undefined ? undefined : compare(a, b)
}

function compare(left: GenericVersion, right: GenericVersion): number {
  const length = Math.max(left.numbers.length, right.numbers.length)
  for (let index = 0; index < length; index += 1) {
    const order = compareIntegers(left.numbers[index] ?? 0, right.numbers[index] ?? 0)
    if (order !== 0) return order
  }
  return comparePrereleases(left.prerelease, right.prerelease)
}

/** A release is above its pre-releases. A part `x` or `X` equals everything, and stands for the whole. */
function comparePrereleases(left: GenericVersion['prerelease'], right: GenericVersion['prerelease']): number {
  if (left.some(isWildcard) || right.some(isWildcard)) return 0
  if (left.length === 0 || right.length === 0) return right.length - left.length
  return compareIdentifiers(left, right)
}

function isWildcard(part: Integer | string): boolean {
  return part === 'x' || part === 'X'
}

const readConstraint = createConstraintReader(grammar, parseGenericVersion)

/**
 * Whether a version is in one of the alternatives (`||`) of a constraint: comparisons with `= == != > >= => < <= =< ~ ~> ^`,
 * `,` or white space between them means "and". Pre-releases are versions like others.
 * @returns undefined when version or constraint do not parse; an empty alternative is none
 */
export function satisfiesGeneric(text: string, constraint: string): boolean | undefined {
  const installed = parseGenericVersion(text)
  const read = readConstraint(constraint)
  if (installed === undefined || read === null) return undefined
  return someHold(read, (bound) => holds(installed, bound))
}

function holds(installed: GenericVersion, { operator, version: bound }: Bound<GenericVersion>): boolean {
  const order = compare(installed, bound)
  const plain = holdsByOrder(operator, order)
  if (plain !== undefined) return plain
  const end = operator === '~>' ? pessimisticEnd : operator === '~' ? tildeEnd : caretEnd
  return order >= 0 && compare(installed, end(bound)) < 0
}

/** `~>1.2.3` ends at 1.3, `~>1.2` at 2, `~>1` at 2. */
function pessimisticEnd({ written, prerelease }: GenericVersion): GenericVersion {
  if (written.length === 1) return versionOf([increment(written[0] ?? 0)], prerelease)
  const kept = written.slice(0, -1)
  return versionOf([...kept.slice(0, -1), increment(kept.at(-1) ?? 0)], [])
}

/** As `~>`, but `~1.2` ends at 1.3. */
function tildeEnd(bound: GenericVersion): GenericVersion {
  const [major, minor, ...more] = bound.written
  if (major === undefined || minor === undefined || more.length > 0) return pessimisticEnd(bound)
  return versionOf([major, increment(minor)], bound.prerelease)
}

/** `^1.2.3` ends at 2, `^0.2.3` at 0.3, `^0.0` at 0.1: where the first number that is not 0, else the last, changes. */
function caretEnd({ written }: GenericVersion): GenericVersion {
  const first = written.findIndex((number) => number !== 0)
  const at = first === -1 ? written.length - 1 : first
  return versionOf([...written.slice(0, at), increment(written[at] ?? 0)], [])
}
