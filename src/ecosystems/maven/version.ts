/** A part of a version: a number, a qualifier, or what follows a hyphen or a change between digits and letters. */
type Item = bigint | string | readonly Item[]

/** Longer texts are no version: each part nests in the one before. */
const MAX_LENGTH = 1_000
const qualifiers = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp']
const aliases: ReadonlyMap<string, string> = new Map([
  ['ga', ''],
  ['final', ''],
  ['release', ''],
  ['cr', 'rc'],
])
const abbreviations: ReadonlyMap<string, string> = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
])

/**
 * Maven's order of versions (Maven, "POM Reference", Version Order Specification), with the quirks of the library that Trivy compares
 * with (go-mvn-version): version.test.ts names where it leaves Maven's own.
 *
 * @returns negative, zero, positive; undefined when one of them is too long for a version
 */
export function compareMavenVersions(left: string, right: string): number | undefined {
  const a = parseMavenVersion(left)
  const b = parseMavenVersion(right)
  return a === undefined || b === undefined ? undefined : compareLists(a, b)
}

/** A version taken apart, for one that is compared with many. */
export type MavenVersion = readonly Item[]

/** undefined: too long for a version. */
export function parseMavenVersion(text: string): MavenVersion | undefined {
  return text.length > MAX_LENGTH ? undefined : parse(text)
}

export function areEqualVersions(left: MavenVersion, right: MavenVersion): boolean {
  return compareLists(left, right) === 0
}

/** Point, hyphen, and the places between a digit and what is none. */
const token = /[.-]|[0-9]+|[^0-9.-]+/g

/** Nested lists, from the innermost out. */
function parse(text: string): readonly Item[] {
  const lists: Item[][] = [[]]
  const tokens = text.toLowerCase().match(token) ?? []
  let endsOpen = false
  for (const [index, part] of tokens.entries()) {
    const list = lists.at(-1) ?? []
    const before = tokens[index - 1]
    const isFirst = before === undefined || isSeparator(before)
    endsOpen = isSeparator(part)
    if (!endsOpen) {
      if (!isFirst) lists.push([])
      lists.at(-1)?.push(itemOf(part, tokens[index + 1]))
    } else {
      if (isFirst) list.push(0n)
      if (part === '-') lists.push([])
    }
  }
  // Trivy's library forgets the last list of a version that ends with a separator, unless it is the only one.
  if (endsOpen && lists.length > 1) lists.pop()
  return (
    lists.reduceRight<Item[] | undefined>((inner, list) => {
      const outer = withoutNulls(list)
      return inner === undefined ? outer : [...outer, inner]
    }, undefined) ?? []
  )
}

function isSeparator(part: string): boolean {
  return part === '.' || part === '-'
}

function itemOf(part: string, next: string | undefined): Item {
  if (/^[0-9]/.test(part)) return BigInt(part)
  const isBeforeDigit = next !== undefined && !isSeparator(next)
  const whole = isBeforeDigit ? (abbreviations.get(part) ?? part) : part
  return aliases.get(whole) ?? whole
}

/** Trailing zeros and qualifiers that mean a release. */
function withoutNulls(list: readonly Item[]): Item[] {
  const last = list.findLastIndex((item) => item !== 0n && item !== '')
  return list.slice(0, last + 1)
}

function compareLists(left: readonly Item[], right: readonly Item[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const order = compareItems(left[index], right[index])
    if (order !== 0) return order
  }
  return 0
}

/** undefined: the shorter version has nothing there. */
function compareItems(left: Item | undefined, right: Item | undefined): number {
  if (left === undefined) return right === undefined ? 0 : -compareWithNothing(right)
  if (right === undefined) return compareWithNothing(left)
  const kinds = kindRank(left) - kindRank(right)
  if (kinds !== 0) return kinds
  if (typeof left === 'bigint') return sign(left, right as bigint)
  if (typeof left === 'string') return sign(qualifierRank(left), qualifierRank(right as string))
  return compareLists(left, right as readonly Item[])
}

function compareWithNothing(item: Item): number {
  if (typeof item === 'bigint') return item === 0n ? 0 : 1
  if (typeof item === 'string') return sign(qualifierRank(item), qualifierRank(''))
  for (const each of item) {
    const order = compareWithNothing(each)
    if (order !== 0) return order
  }
  return 0
}

/** 1.1 > 1-1 > 1.any */
function kindRank(item: Item): number {
  if (typeof item === 'bigint') return 2
  return typeof item === 'string' ? 0 : 1
}

/** Compared as text: unknown qualifiers come after the known ones, in order of their letters. */
function qualifierRank(qualifier: string): string {
  const known = qualifiers.indexOf(qualifier)
  return known < 0 ? `${qualifiers.length}-${qualifier}` : String(known)
}

function sign<T extends bigint | string>(left: T, right: T): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
