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
