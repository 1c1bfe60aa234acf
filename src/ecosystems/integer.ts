/** An unsigned integer of 64 bits: a bigint only where a number is not exact. `<`, `>` and, once read, `===` take both. */
export type Integer = number | bigint

const MAX_INTEGER = 2n ** 64n - 1n

/** @param digits nothing but digits; undefined beyond 2^64-1, where Go's numbers, and so Trivy's, end */
export function parseInteger(digits: string): Integer | undefined {
  const number = Number(digits)
  if (Number.isSafeInteger(number)) return number
  const exact = BigInt(digits)
  return exact <= MAX_INTEGER ? exact : undefined
}

/** The numbers of `1.2.3`; undefined when one of them is too large. */
export function parseIntegers(dotted: string): Integer[] | undefined {
  const numbers: Integer[] = []
  for (const digits of dotted.split('.')) {
    const number = parseInteger(digits)
    if (number === undefined) return undefined
    numbers.push(number)
  }
  return numbers
}

/** One more; past the end comes 0. */
export function increment(number: Integer): Integer {
  const exact = BigInt.asUintN(64, BigInt(number) + 1n)
  return exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : exact
}

export function compareIntegers(left: Integer, right: Integer): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** Digits as numbers of any length. */
export function compareDigits(left: string, right: string): number {
  const a = left.replace(/^0+/, '')
  const b = right.replace(/^0+/, '')
  if (a.length !== b.length) return a.length - b.length
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Without zeros at the end: 1.2 and 1.2.0 are equal nearly everywhere. */
export function withoutTrailingZeros<Part extends Integer | string>(parts: readonly Part[]): readonly Part[] {
  let length = parts.length
  while (length > 0 && parts[length - 1] === 0) length -= 1
  return parts.slice(0, length)
}

/** Parts of a pre-release as semantic versions compare them (semver.org, 11.4): numbers before words, more parts after fewer. */
export function compareIdentifiers(
  left: readonly (Integer | string)[],
  right: readonly (Integer | string)[],
): number {
  for (const [index, a] of left.entries()) {
    const b = right[index]
    if (b === undefined) return 1
    if (a === b) continue
    if (typeof a === 'string') return typeof b === 'string' && a < b ? -1 : 1
    return typeof b === 'string' || a < b ? -1 : 1
  }
  return left.length - right.length
}
