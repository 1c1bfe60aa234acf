import { type Bound, constraintGrammar, createConstraintReader, someHold } from './constraint.ts'

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

/** Exact up to 2^64-1, where Trivy's numbers end; a bigint only where a number is not exact. `<` and `>` take both. */
type Integer = number | bigint

const MAX_LENGTH = 10_000
const MAX_INTEGER = 2n ** 64n - 1n

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

/** undefined for what is no version: among others, anything with four letters after a dot (`1.0.Final`). */
export function parseGenericVersion(text: string): GenericVersion | undefined {
  version.lastIndex = 0
  if (text.length > MAX_LENGTH || !version.test(text) || version.lastIndex < text.length) return undefined
  const [bare = ''] = text.split('+', 1)
  const [release = ''] = /^v?[0-9.]+/.exec(bare) ?? []
  const written: Integer[] = []
  for (const digits of release.replace('v', '').split('.')) {
    const number = integer(digits)
    if (number === undefined) return undefined
    written.push(number)
  }
  return versionOf(written, prereleaseOf(bare.slice(release.length)))
}

function versionOf(written: readonly Integer[], prerelease: GenericVersion['prerelease']): GenericVersion {
  let length = written.length
  while (length > 0 && written[length - 1] === 0) length -= 1
  return { numbers: written.slice(0, length), written, prerelease }
}

/** The one `-` that separates is no part of it; further ones are. */
function prereleaseOf(text: string): GenericVersion['prerelease'] {
  const bare = /^-[0-9A-Za-z~-]/.test(text) ? text.slice(1) : text
  return bare === ''
    ? []
    : bare.split('.').map((part) => (/^[0-9]+$/.test(part) ? (integer(part) ?? part) : part))
}

function integer(digits: string): Integer | undefined {
  const number = Number(digits)
  if (Number.isSafeInteger(number)) return number
  const exact = BigInt(digits)
  return exact <= MAX_INTEGER ? exact : undefined
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
    const a = left.numbers[index] ?? 0
    const b = right.numbers[index] ?? 0
    if (a !== b) return a < b ? -1 : 1
  }
  return comparePrereleases(left.prerelease, right.prerelease)
}

/** A release is above its pre-releases. A part `x`, `X` or `*` equals everything, and stands for the whole. */
function comparePrereleases(left: GenericVersion['prerelease'], right: GenericVersion['prerelease']): number {
  if (left.some(isWildcard) || right.some(isWildcard)) return 0
  if (left.length === 0 || right.length === 0) return right.length - left.length
  for (const [index, a] of left.entries()) {
    const b = right[index]
    if (b === undefined) return 1
    if (a === b) continue
    if (typeof a === 'string') return typeof b === 'string' && a < b ? -1 : 1
    return typeof b === 'string' || a < b ? -1 : 1
  }
  return left.length - right.length
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
  switch (operator) {
    case '!=':
      return order !== 0
    case '>':
      return order > 0
    case '>=':
    case '=>':
      return order >= 0
    case '<':
      return order < 0
    case '<=':
    case '=<':
      return order <= 0
    case '~>':
      return order >= 0 && compare(installed, pessimisticEnd(bound)) < 0
    case '~':
      return order >= 0 && compare(installed, tildeEnd(bound)) < 0
    case '^':
      return order >= 0 && compare(installed, caretEnd(bound)) < 0
    default:
      return order === 0
  }
}

/** `~>1.2.3` ends at 1.3, `~>1.2` at 2, `~>1` at 2. */
function pessimisticEnd({ written, prerelease }: GenericVersion): GenericVersion {
  if (written.length === 1) return versionOf([next(written[0])], prerelease)
  const kept = written.slice(0, -1)
  return versionOf([...kept.slice(0, -1), next(kept.at(-1))], [])
}

/** As `~>`, but `~1.2` ends at 1.3. */
function tildeEnd(bound: GenericVersion): GenericVersion {
  const [major, minor] = bound.written
  if (bound.written.length !== 2 || major === undefined) return pessimisticEnd(bound)
  return versionOf([major, next(minor)], bound.prerelease)
}

/** `^1.2.3` ends at 2, `^0.2.3` at 0.3, `^0.0` at 0.1: where the first number that is not 0, else the last, changes. */
function caretEnd({ written }: GenericVersion): GenericVersion {
  const first = written.findIndex((number) => number !== 0)
  const at = first === -1 ? written.length - 1 : first
  return versionOf([...written.slice(0, at), next(written[at])], [])
}

/** Past the end of Trivy's numbers comes 0. */
function next(number: Integer = 0): Integer {
  const exact = BigInt.asUintN(64, BigInt(number) + 1n)
  return exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : exact
}
