import { type Bound, constraintGrammar, createConstraintReader, someHold } from '../index.ts'
import {
  compareBase,
  comparePublic,
  compareWhole,
  type PythonVersion,
  parsePythonVersion,
} from './version.ts'

/** The right side of a comparison. */
interface Specifier {
  readonly text: string
  /** null only for `===`, which compares text. */
  readonly version: PythonVersion | null
  /** What a version must begin with: `1.0.*`, and the first part of `~=1.0`. */
  readonly prefix: readonly string[] | null
}

const release = String.raw`v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*`
const local = String.raw`(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?`
/** A separator before `*` belongs to the wildcard. */
const separator = String.raw`(?:[-_.](?!\*))?`
const grammar = constraintGrammar(
  ['===', '~=', '==', '!=', '<=', '>=', '=', '<', '>'],
  [
    String.raw`${release}(?:[-_.]?(?:alpha|a|beta|b|preview|pre|c|rc)${separator}[0-9]*)?`,
    String.raw`(?:-[0-9]+|[-_.]?(?:post|rev|r)${separator}[0-9]*)?(?:[-_.]?dev${separator}[0-9]*)?`,
    String.raw`${local}(?:\.\*)?`,
  ].join(''),
  // Trivy takes a checked constraint apart with the short words first: of `<2.0beta1` it sees `<2.0b`, and `1` as one more.
  [
    String.raw`${release}(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?[0-9]*)?`,
    String.raw`(?:-[0-9]+|[-_.]?(?:post|rev|r)[-_.]?[0-9]*)?(?:[-_.]?dev[-_.]?[0-9]*)?`,
    String.raw`${local}(?:\.\*)?`,
  ].join(''),
)

const readStrict = createConstraintReader(grammar, (text, operator) => parseSpecifier(text, operator, false))
const readWithLocal = createConstraintReader(grammar, (text, operator) =>
  parseSpecifier(text, operator, true),
)

/**
 * Whether a version is in one of the alternatives (`||`) of a constraint: PEP 440's version specifiers, `=` and nothing for `==`,
 * and `*`. Pre-releases are versions like others. As aquasecurity/go-pep440-version decides, also where PEP 440 does not.
 * @param withLocal local parts (`+sp1`) may stand in the constraint and count
 * @returns undefined when version or constraint do not parse
 */
export function satisfiesSpecifiers(
  text: string,
  constraint: string,
  withLocal = false,
): boolean | undefined {
  const installed = parsePythonVersion(text)
  const read = (withLocal ? readWithLocal : readStrict)(withoutStars(constraint))
  if (installed === undefined || read === null) return undefined
  return someHold(read, (bound) => holds(installed, bound, withLocal))
}

function withoutStars(constraint: string): string {
  if (!constraint.includes('*')) return constraint
  return constraint
    .split('||')
    .map((alternative) => (alternative.trim() === '*' ? '>=0.0.0' : alternative))
    .join('||')
}

const equality: ReadonlySet<string> = new Set(['', '=', '==', '!='])

function parseSpecifier(text: string, operator: string, withLocal: boolean): Specifier | undefined {
  if (operator === '===') return { text, version: null, prefix: null }
  const wildcard = text.endsWith('.*')
  const bare = wildcard ? text.slice(0, -2) : text
  const version = parsePythonVersion(bare)
  if (version === undefined) return undefined
  const hasLocal = version.local.length > 0
  if (equality.has(operator)) {
    if (wildcard && (version.dev !== null || hasLocal)) return undefined
    return { text, version, prefix: wildcard ? segments(bare) : null }
  }
  if (wildcard || (hasLocal && !withLocal)) return undefined
  return operator === '~=' ? compatible(text, version) : { text, version, prefix: null }
}

function compatible(text: string, version: PythonVersion): Specifier | undefined {
  return version.release.length < 2 ? undefined : { text, version, prefix: compatiblePrefix(text) }
}

/** Of `~=2.2.post3`: `2`. The last part may be anything below. */
function compatiblePrefix(text: string): string[] {
  const parts = segments(text)
  const end = parts.findIndex((part) => part.startsWith('post') || part.startsWith('dev'))
  return segments(parts.slice(0, (end === -1 ? parts.length : end) - 1).join('.'))
}

/** Parts between dots; a pre-release is a part of its own. */
function segments(text: string): string[] {
  return text.split('.').flatMap((part) => {
    const [, number, pre] = /^([0-9]+)((?:a|b|c|rc)[0-9]+)$/.exec(part) ?? []
    return number === undefined || pre === undefined ? [part] : [number, pre]
  })
}

function holds(
  installed: PythonVersion,
  { operator, version: specifier }: Bound<Specifier>,
  withLocal: boolean,
): boolean {
  const { version, prefix, text } = specifier
  if (version === null) return installed.text.toLowerCase() === text.toLowerCase()
  const compare = withLocal ? compareWhole : comparePublic
  switch (operator) {
    case '<':
      return compareWhole(installed, version) < 0
    case '<=':
      return compare(installed, version) <= 0
    case '>':
      return isAfter(installed, version)
    case '>=':
      return compare(installed, version) >= 0
    case '~=':
      return compare(installed, version) >= 0 && beginsWith(installed, prefix ?? [])
    case '!=':
      return !isEqual(installed, version, prefix, withLocal)
    default:
      return isEqual(installed, version, prefix, withLocal)
  }
}

function isEqual(
  installed: PythonVersion,
  version: PythonVersion,
  prefix: Specifier['prefix'],
  withLocal: boolean,
): boolean {
  if (prefix !== null) return beginsWith(installed, prefix)
  const strict = withLocal || version.local.length > 0
  return (strict ? compareWhole(installed, version) : comparePublic(installed, version)) === 0
}

/** PEP 440, "Exclusive ordered comparison": neither a post-release of the bound nor a local version of it is after it. */
function isAfter(installed: PythonVersion, bound: PythonVersion): boolean {
  if (compareWhole(installed, bound) <= 0) return false
  const isLater = (bound.post === null && installed.post !== null) || installed.local.length > 0
  return !isLater || compareBase(installed, bound) !== 0
}

/**
 * Prefix matching in Trivy's own way (padVersion): only the parts that are numbers count, and there must be as many. `1.0b1` begins with
 * `1.0a1`, and `1` does not with `1.0`.
 */
function beginsWith({ publicText }: PythonVersion, prefix: readonly string[]): boolean {
  const wanted = prefix.filter(isNumber)
  const given = segments(publicText).slice(0, prefix.length).filter(isNumber)
  return wanted.length === given.length && wanted.every((number, index) => number === given[index])
}

function isNumber(part: string): boolean {
  return /^[0-9]+$/.test(part) && BigInt(part) < 2n ** 63n
}
