/** What ranks a tag: when it was pushed, else when its image was built, else its name. Times in milliseconds. */
export interface RankedTag {
  readonly name: string
  readonly pushedAt: number | null
  readonly builtAt: number | null
}

/** Builds that leave no date behind state the epoch or the year 1980 (reproducible builds). */
const firstBelievable = Date.UTC(1981, 0, 1)

function dateOf(tag: RankedTag): number {
  const date = tag.pushedAt ?? tag.builtAt
  return date === null || date < firstBelievable ? 0 : date
}

/** Newest first: by date; where dates are equal or missing, `latest`, then by the numbers and letters of the name. */
export function compareTags(left: RankedTag, right: RankedTag): number {
  return dateOf(right) - dateOf(left) || -compareNames(left.name, right.name)
}

const part = /\d+|[A-Za-z]+|[^A-Za-z\d]+/g

/** Order of versions as names have them: `1.9` < `1.10`, `2.0-rc1` < `2.0`, and `latest` above all. */
export function compareNames(left: string, right: string): number {
  if (left === right) return 0
  if (left === 'latest') return 1
  if (right === 'latest') return -1
  const lefts = partsOf(left)
  const rights = partsOf(right)
  for (let index = 0; index < Math.max(lefts.length, rights.length); index += 1) {
    const order = compareParts(lefts[index], rights[index])
    if (order !== 0) return order
  }
  return left < right ? -1 : 1
}

function partsOf(name: string): readonly string[] {
  return name.replace(/^v(?=\d)/, '').match(part) ?? []
}

function compareParts(left: string | undefined, right: string | undefined): number {
  // A name that goes on after "-" is a pre-release or a variant, below the plain one; after "." it is longer, above it.
  if (left === undefined) return right?.startsWith('-') === true ? 1 : -1
  if (right === undefined) return left.startsWith('-') ? -1 : 1
  const numbers = /^\d/.test(left) && /^\d/.test(right)
  if (numbers) return compareNumbers(left, right)
  if (left === right) return 0
  // A number is above a word: 1.2 is newer than beta.
  if (/^\d/.test(left)) return 1
  if (/^\d/.test(right)) return -1
  return left < right ? -1 : 1
}

function compareNumbers(left: string, right: string): number {
  const [a, b] = [left.replace(/^0+(?=\d)/, ''), right.replace(/^0+(?=\d)/, '')]
  if (a.length !== b.length) return a.length - b.length
  return a === b ? 0 : a < b ? -1 : 1
}
