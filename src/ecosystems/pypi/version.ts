import { compareIntegers, type Integer, parseInteger, parseIntegers, withoutTrailingZeros } from '../index.ts'

/** A version of PEP 440, as aquasecurity/go-pep440-version reads it. */
export interface PythonVersion {
  readonly epoch: Integer
  readonly release: readonly Integer[]
  readonly pre: { readonly letter: string; readonly number: Integer } | null
  readonly post: Integer | null
  readonly dev: Integer | null
  /** Parts between dots; other separators stay within a part, against PEP 440, as in Trivy. Empty when there is none. */
  readonly local: readonly (Integer | string)[]
  /** In PEP 440's own spelling, without the local part. */
  readonly publicText: string
  readonly text: string
}

const MAX_LENGTH = 10_000

const pattern = new RegExp(
  [
    String.raw`^[\t\n\f\r ]*v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)`,
    String.raw`(?:[-_.]?(?<letter>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<pre>\d+)?)?`,
    String.raw`(?<isPost>-(?<post1>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?<post2>\d+)?)?`,
    String.raw`(?<isDev>[-_.]?dev[-_.]?(?<dev>\d+)?)?`,
    String.raw`(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?[\t\n\f\r ]*$`,
  ].join(''),
  'i',
)

const letters: Readonly<Record<string, string>> = {
  alpha: 'a',
  beta: 'b',
  c: 'rc',
  pre: 'rc',
  preview: 'rc',
}

/** undefined for what is no version, and for numbers beyond 64 bits. */
export function parsePythonVersion(text: string): PythonVersion | undefined {
  const groups = text.length > MAX_LENGTH ? undefined : pattern.exec(text)?.groups
  if (groups === undefined) return undefined
  const release = parseIntegers(groups['release'] ?? '')
  const numbers = parseIntegers(numberGroups.map((name) => groups[name] || '0').join('.'))
  if (release === undefined || numbers === undefined) return undefined
  const [epoch = 0, pre, implicitPost, post, dev] = numbers
  return spelled(
    {
      epoch,
      release,
      pre: preOf(groups['letter'], pre),
      post: numberIf(groups['isPost'], implicitPost || post),
      dev: numberIf(groups['isDev'], dev),
    },
    groups['local']?.toLowerCase() ?? '',
  )
}

const numberGroups = ['epoch', 'pre', 'post1', 'post2', 'dev']

function numberIf(part: string | undefined, number: Integer = 0): Integer | null {
  return part === undefined ? null : number
}

function preOf(letter: string | undefined, number: Integer = 0): PythonVersion['pre'] {
  if (letter === undefined) return null
  const lower = letter.toLowerCase()
  return { letter: letters[lower] ?? lower, number }
}

function spelled(
  version: Omit<PythonVersion, 'local' | 'publicText' | 'text'>,
  local: string,
): PythonVersion {
  const { pre, post, dev } = version
  const publicText = [
    baseText(version),
    pre === null ? '' : `${pre.letter}${pre.number}`,
    post === null ? '' : `.post${post}`,
    dev === null ? '' : `.dev${dev}`,
  ].join('')
  const parts = local === '' ? [] : local.split('.')
  return {
    ...version,
    local: parts.map((part) => (/^\d+$/.test(part) ? (parseInteger(part) ?? part) : part)),
    publicText,
    text: local === '' ? publicText : `${publicText}+${local}`,
  }
}

function baseText({ epoch, release }: Pick<PythonVersion, 'epoch' | 'release'>): string {
  return `${epoch === 0 ? '' : `${epoch}!`}${release.join('.')}`
}

/** Negative, zero, positive; undefined when one of the two is no version. PEP 440, "Summary of permitted suffixes and relative ordering". */
export function comparePythonVersions(left: string, right: string): number | undefined {
  const a = parsePythonVersion(left)
  const b = parsePythonVersion(right)
  return a === undefined || b === undefined ? undefined : compareWhole(a, b)
}

export function compareWhole(left: PythonVersion, right: PythonVersion): number {
  return comparePublic(left, right) || compareLocal(left.local, right.local)
}

/** Without their local parts. */
export function comparePublic(left: PythonVersion, right: PythonVersion): number {
  return (
    compareBase(left, right) ||
    comparePre(left, right) ||
    // Without a post release sorts before those with one, without a development release after.
    compareOptional(left.post, right.post, -1) ||
    compareOptional(left.dev, right.dev, 1)
  )
}

/** Epoch and release alone. */
export function compareBase(left: PythonVersion, right: PythonVersion): number {
  return compareIntegers(left.epoch, right.epoch) || compareReleases(left.release, right.release)
}

function compareReleases(left: readonly Integer[], right: readonly Integer[]): number {
  const a = withoutTrailingZeros(left)
  const b = withoutTrailingZeros(right)
  for (const [index, number] of a.entries()) {
    const order = compareIntegers(number, b[index] ?? 0)
    if (order !== 0) return order
  }
  return a.length < b.length ? -1 : 0
}

function comparePre(left: PythonVersion, right: PythonVersion): number {
  if (left.pre === null || right.pre === null) return preRank(left) - preRank(right)
  if (left.pre.letter !== right.pre.letter) return left.pre.letter < right.pre.letter ? -1 : 1
  return compareIntegers(left.pre.number, right.pre.number)
}

/** `1.0.dev1` comes before `1.0a1`, `1.0` and `1.0.post1.dev1` after. */
function preRank({ pre, post, dev }: PythonVersion): number {
  if (pre !== null) return 0
  return post === null && dev !== null ? -1 : 1
}

function compareOptional(left: Integer | null, right: Integer | null, absent: -1 | 1): number {
  if (left === null || right === null) return absent * (Number(left === null) - Number(right === null))
  return compareIntegers(left, right)
}

/** None before any; part by part, letters before numbers. */
function compareLocal(left: PythonVersion['local'], right: PythonVersion['local']): number {
  for (const [index, a] of left.entries()) {
    const b = right[index]
    if (b === undefined) return 1
    if (a === b) continue
    if (typeof a !== typeof b && (typeof a === 'string' || typeof b === 'string'))
      return typeof a === 'string' ? -1 : 1
    return a < b ? -1 : 1
  }
  return left.length - right.length
}
