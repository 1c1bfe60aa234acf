import {
  type Bound,
  constraintGrammar,
  compareIdentifiers,
  createConstraintReader,
  holdsByOrder,
  type Integer,
  increment,
  parseInteger,
  someHold,
} from '../index.ts'

/** `7.0.8-2`: what is behind `-` is Bitnami's own revision, and comes after the version without one. */
interface BitnamiVersion {
  /** Major, minor, patch; null for one that is not stated, or a wildcard: any number equals it. */
  readonly numbers: readonly (Integer | null)[]
  readonly revision: readonly (Integer | string)[]
}

const MAX_LENGTH = 1_024
const number = '(?:0|[1-9][0-9]*)'
const revisionPart = '(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)'
const words = String.raw`[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*`
const strict = new RegExp(
  String.raw`^${number}\.${number}\.${number}(?:-${revisionPart}(?:\.${revisionPart})*)?(?:\+${words})?$`,
)
const part = '[0-9xX*]+'
const grammar = constraintGrammar(
  ['==', '!=', '>=', '=>', '<=', '=<', '=', '>', '<', '~', String.raw`\^`],
  String.raw`v?${part}(?:\.${part})?(?:\.${part})?(?:-${words})?(?:\+${words})?`,
)

/** bitnami/go-version: three numbers, revision, build metadata that does not count. undefined for anything else. */
function parseVersion(text: string): BitnamiVersion | undefined {
  return text.length <= MAX_LENGTH && strict.test(text) ? parseBound(text) : undefined
}

function parseBound(text: string): BitnamiVersion | undefined {
  const [bare = ''] = text.replace(/^v/, '').split('+', 1)
  const dash = bare.indexOf('-')
  const stated = (dash === -1 ? bare : bare.slice(0, dash)).split('.')
  const numbers = [0, 1, 2].map((index) => {
    const digits = stated[index] ?? ''
    return /^[0-9]+$/.test(digits) ? parseInteger(digits) : null
  })
  if (numbers.includes(undefined)) return undefined
  const revision = dash === -1 ? [] : bare.slice(dash + 1).split('.')
  return {
    numbers: numbers.map((one) => one ?? null),
    revision: revision.map((one) => (/^[0-9]+$/.test(one) ? (parseInteger(one) ?? one) : one)),
  }
}

/** Negative, zero, positive; undefined when one of the two is no version. */
export function compareBitnamiVersions(left: string, right: string): number | undefined {
  const a = parseVersion(left)
  const b = parseVersion(right)
  return a === undefined || b === undefined ? undefined : compare(a, b)
}

function compare(left: BitnamiVersion, right: BitnamiVersion): number {
  for (const index of [0, 1, 2]) {
    const a = left.numbers[index] ?? null
    const b = right.numbers[index] ?? null
    if (a === null || b === null) return 0
    const order = a === b ? 0 : a < b ? -1 : 1
    if (order !== 0) return order
  }
  if (left.revision.length === 0 || right.revision.length === 0) {
    return left.revision.length - right.revision.length
  }
  return compareIdentifiers(left.revision, right.revision)
}

const readConstraint = createConstraintReader(grammar, parseBound)

/** Whether a version is in one of the alternatives of a constraint; undefined when one of the two does not parse. */
export function satisfiesBitnami(text: string, constraint: string): boolean | undefined {
  const installed = parseVersion(text)
  const read = readConstraint(constraint)
  if (installed === undefined || read === null) return undefined
  return someHold(read, (bound) => holds(installed, bound))
}

function holds(installed: BitnamiVersion, { operator, version: bound }: Bound<BitnamiVersion>): boolean {
  if (operator === '<') return compare(installed, lowest(bound)) < 0
  const order = compare(installed, bound)
  const plain = holdsByOrder(operator, order)
  if (plain !== undefined) return plain
  const changed = operator === '~' ? Math.min(stated(bound) - 1, 1) : firstChange(bound)
  return order >= 0 && compare(installed, next(bound, changed)) < 0
}

function lowest({ numbers, revision }: BitnamiVersion): BitnamiVersion {
  return { numbers: numbers.map((one) => one ?? 0), revision }
}

function stated({ numbers }: BitnamiVersion): number {
  const missing = numbers.indexOf(null)
  return missing === -1 ? numbers.length : missing
}

/** Where `^` ends: at the first number that is not 0, or the last one that is stated. */
function firstChange(bound: BitnamiVersion): number {
  const at = bound.numbers.findIndex((one) => one !== 0)
  return at === -1 || at >= stated(bound) ? stated(bound) - 1 : at
}

/** The version at which the number of that place changes; of `*` there is none. */
function next({ numbers }: BitnamiVersion, at: number): BitnamiVersion {
  if (at < 0) return { numbers: [Number.MAX_SAFE_INTEGER, 0, 0], revision: [] }
  return {
    numbers: numbers.map((one, index) => (index < at ? one : index === at ? increment(one ?? 0) : 0)),
    revision: [],
  }
}
