import {
  type Bound,
  compareIntegers,
  constraintGrammar,
  createConstraintReader,
  holdsByOrder,
  type Integer,
  increment,
  parseInteger,
  someHold,
  withoutTrailingZeros,
} from '../index.ts'

/** A Gem::Version, as aquasecurity/go-gem-version reads it. */
interface GemVersion {
  /** Up to the first part that is no number. */
  readonly numbers: readonly Integer[]
  /** From there on; letters stand alone (`rc1` is r, c, 1), unlike in RubyGems. */
  readonly rest: readonly (Integer | string)[]
}

const MAX_LENGTH = 10_000

const pattern = String.raw`[0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?`
const whole = new RegExp(`^[\\t\\n\\f\\r ]*(?:${pattern}[\\t\\n\\f\\r ]*)?$`)
const grammar = constraintGrammar(['==', '!=', '>=', '=>', '<=', '=<', '~>', '=', '>', '<'], pattern)
const readConstraint = createConstraintReader(grammar, parseGemVersion)

/** Nothing is version 0. `-` begins a pre-release. */
function parseGemVersion(text: string): GemVersion | undefined {
  if (text.length > MAX_LENGTH || !whole.test(text)) return undefined
  const bare = text.trim() === '' ? '0' : text.replaceAll('-', '.pre.')
  const parts = Array.from(bare.matchAll(/[0-9]+|[a-zA-Z]/g), ([part]) =>
    /^[0-9]/.test(part) ? (parseInteger(part) ?? part) : part,
  )
  const first = parts.findIndex((part) => typeof part === 'string')
  const end = first === -1 ? parts.length : first
  return { numbers: parts.slice(0, end).filter((part) => typeof part !== 'string'), rest: parts.slice(end) }
}

/** Negative, zero, positive; undefined when one of the two is no version. */
export function compareGemVersions(left: string, right: string): number | undefined {
  const a = parseGemVersion(left)
  const b = parseGemVersion(right)
  return a === undefined || b === undefined ? undefined : compare(a, b)
}

/** Zeros at the end of the numbers and at the end of the rest do not count. */
function canonical({ numbers, rest }: GemVersion): readonly (Integer | string)[] {
  return [...withoutTrailingZeros(numbers), ...withoutTrailingZeros(rest)]
}

function compare(left: GemVersion, right: GemVersion): number {
  const a = canonical(left)
  const b = canonical(right)
  const length = Math.max(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const order = compareParts(a[index] ?? 0, b[index] ?? 0)
    if (order !== 0) return order
  }
  return 0
}

/** Letters sort before numbers: they make a pre-release. */
function compareParts(left: Integer | string, right: Integer | string): number {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : Number(left > right)
  if (typeof left === 'string') return -1
  if (typeof right === 'string') return 1
  return compareIntegers(left, right)
}

/**
 * Whether a version is in one of the alternatives (`||`) of a constraint: comparisons with `= == != > >= => < <= =< ~>`, a comma or
 * white space between them means "and". Pre-releases are versions like others.
 * @returns undefined when version or constraint do not parse
 */
export function satisfiesGem(text: string, constraint: string): boolean | undefined {
  const installed = parseGemVersion(text)
  const read = readConstraint(constraint)
  if (installed === undefined || read === null) return undefined
  return someHold(read, (bound) => holds(installed, bound))
}

function holds(installed: GemVersion, { operator, version: bound }: Bound<GemVersion>): boolean {
  const order = compare(installed, bound)
  const plain = holdsByOrder(operator, order)
  return plain ?? (order >= 0 && compare({ ...installed, rest: [] }, pessimisticEnd(bound)) < 0)
}

/** `~> 1.2.3` ends at 1.3, `~> 1.2` and `~> 1` at 2. */
function pessimisticEnd({ numbers }: GemVersion): GemVersion {
  const kept = numbers.length > 1 ? numbers.slice(0, -1) : numbers
  return { numbers: [...kept.slice(0, -1), increment(kept.at(-1) ?? 0)], rest: [] }
}
