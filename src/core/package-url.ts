import { stripEnd, stripStart } from './strip.ts'

export interface PackageUrlParts {
  /** A type of the purl specification: `deb`, `apk`, `npm`. */
  readonly type: string
  /** May hold `/`: each part between is encoded on its own. */
  readonly namespace?: string
  readonly name: string
  readonly version?: string
  /** Those without a value are left out. */
  readonly qualifiers?: Readonly<Record<string, string | undefined>>
}

/**
 * A package URL, byte for byte as Trivy writes it, for any input: the purl specification ("Rules for each purl component")
 * leaves open which characters besides the unreserved ones stay as they are; this is packageurl-go 0.1.6's choice
 * (Trivy 0.74). Names are not checked against a type's rules: an image may hold any.
 */
export function packageUrl(parts: PackageUrlParts): string {
  const namespace = (parts.namespace ?? '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => `${encodeSegment(part)}/`)
    .join('')
  const version = parts.version ? `@${encodeSegment(parts.version)}` : ''
  const qualifiers = Object.entries(parts.qualifiers ?? {})
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `${key}=${encodeQualifier(value)}`)
    .join('&')
  const query = qualifiers === '' ? '' : `?${qualifiers}`
  return `pkg:${parts.type}/${namespace}${encodeSegment(parts.name)}${version}${query}`
}

const plain = /^[A-Za-z0-9._~-]*$/

/** Unreserved characters and `! $ & ' ( ) * , ; = :` stay. */
function encodeSegment(text: string): string {
  if (plain.test(text)) return text
  return encode(text).replace(/%(?:24|26|2C|3A|3B|3D)/g, decodeURIComponent)
}

/** Unreserved characters and `:` stay. */
function encodeQualifier(text: string): string {
  if (plain.test(text)) return text
  return encode(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%3A/g, ':')
}

/** Never throws: a lone surrogate becomes U+FFFD. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** What a package URL says. Nothing is checked against a type's rules: a document may hold any. */
export interface PackageUrl {
  readonly type: string
  /** '' when there is none; parts are joined by `/`. */
  readonly namespace: string
  readonly name: string
  /** '' when there is none. */
  readonly version: string
  readonly qualifiers: Readonly<Record<string, string>>
  readonly subpath: string
}

const LONGEST = 4096

/**
 * Reads a package URL (purl specification, "How to parse a purl string").
 * @returns undefined when the text is none, or is over 4,096 characters long
 */
export function parsePackageUrl(text: string): PackageUrl | undefined {
  if (text.length > LONGEST || !/^pkg:/i.test(text)) return undefined
  const [beforeSubpath, subpath] = cut(text.slice(4), text.slice(4).lastIndexOf('#'))
  const [path, query] = cut(beforeSubpath, beforeSubpath.lastIndexOf('?'))
  const bare = stripStart(path, '/')
  const [type, rest] = cut(bare, bare.indexOf('/'))
  if (!/^[A-Za-z][A-Za-z0-9.+-]*$/.test(type)) return undefined
  const [place, version] = splitVersion(stripEnd(rest, '/'))
  const segments = place.split('/').filter((part) => part !== '')
  const name = decode(segments.pop() ?? '')
  if (name === '') return undefined
  return {
    type: type.toLowerCase(),
    namespace: segments.map(decode).join('/'),
    name,
    version: decode(version),
    qualifiers: qualifiersOf(query),
    subpath: subpath
      .split('/')
      .map(decode)
      .filter((part) => part !== '' && part !== '.' && part !== '..')
      .join('/'),
  }
}

/** The two sides of one character; all of it is the first when the character is not there. */
function cut(text: string, at: number): [before: string, after: string] {
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** The last `@` that begins no part of the path: a scope may stand unencoded, `@scope/name`. */
function splitVersion(text: string): [place: string, version: string] {
  const at = text.lastIndexOf('@')
  return at > 0 && text[at - 1] !== '/' ? cut(text, at) : [text, '']
}

function qualifiersOf(query: string): Record<string, string> {
  const pairs = query.split('&').map((pair) => cut(pair, pair.indexOf('=')))
  return Object.fromEntries(
    pairs
      .filter(([key, value]) => key !== '' && value !== '')
      .map(([key, value]) => [key.toLowerCase(), decode(value)]),
  )
}

function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Types whose names mean the same in upper and lower case (purl specification, "Known purl types"). */
const foldedNames = new Set(
  'alpm apk bitbucket bitnami composer deb github golang hex npm oci pub pypi'.split(' '),
)
/** Their namespaces; and those of `rpm` and `qpkg`, whose names do tell cases apart. */
const foldedNamespaces = new Set([...foldedNames, 'rpm', 'qpkg'])

/**
 * A package URL as its type's rules spell it: two that name the same package are alike then, whoever wrote them (purl specification,
 * "Known purl types": lower case where case means nothing, PyPI's `_` as `-`).
 */
export function canonicalPackageUrl(purl: PackageUrl): PackageUrl {
  const { type } = purl
  const namespace = foldedNamespaces.has(type) ? purl.namespace.toLowerCase() : purl.namespace
  const name = foldedNames.has(type) ? purl.name.toLowerCase() : purl.name
  return { ...purl, namespace, name: type === 'pypi' ? name.replaceAll('_', '-') : name }
}

/** `1:2.3-1`: the epoch stands in the version or in a qualifier, as tools like (purl specification, types `deb` and `rpm`); 0 is none. */
export function versionWithEpoch({ type, version, qualifiers }: PackageUrl): string {
  const { epoch = '' } = qualifiers
  if ((type === 'deb' || type === 'rpm') && version.startsWith('0:')) return version.slice(2)
  if (version === '' || epoch === '' || epoch === '0') return version
  return version.startsWith(`${epoch}:`) ? version : `${epoch}:${version}`
}
