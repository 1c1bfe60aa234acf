import { strip, stripStart } from '../../core/index.ts'
import type { PackageFact } from '../../indexing/index.ts'
import { splitLicenses } from '../index.ts'

/**
 * A package from METADATA or PKG-INFO (Python's core metadata), read as Trivy reads it: with Go's net/textproto, which ends at the
 * first line that is no header; what came before counts.
 * @throws Error when it names no package
 */
export function readMetadata(text: string): PackageFact {
  const headers = readHeaders(text)
  const name = headers.get('name')?.[0] ?? ''
  const version = headers.get('version')?.[0] ?? ''
  if (name === '' || version === '') throw new Error('it has no name or no version')
  const licenses = splitLicenses(licenseLine(headers))
  return { name, version, ...(licenses.length === 0 ? {} : { licenses }) }
}

/** Values by name in lower case. */
type Headers = ReadonlyMap<string, readonly string[]>

/** Those that matter; descriptions can be long. */
const wanted = new Set(['name', 'version', 'license', 'license-expression', 'classifier'])

/** RFC 7230, "token". */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

function readHeaders(text: string): Headers {
  const headers = new Map<string, string[]>()
  for (const line of unfold(text)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase()
    const value = stripStart(line.slice(colon + 1), ' \t')
    // A space before the colon makes another name of it, not an error.
    if (!token.test(name.replaceAll(' ', '')) || hasControl(value)) return headers
    if (!wanted.has(name)) continue
    const values = headers.get(name)
    if (values === undefined) headers.set(name, [value])
    else values.push(value)
  }
  return headers
}

/** Lines up to the first empty one; one that begins with white space goes on with the one before. */
function* unfold(text: string): Generator<string> {
  if (/^[ \t]/.test(text)) return
  let parts: string[] = []
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline
    const line = text.slice(at, text[end - 1] === '\r' && end > at ? end - 1 : end)
    if (line === '') break
    if (!/^[ \t]/.test(line) && parts.length > 0) {
      yield parts.join(' ')
      parts = []
    }
    parts.push(strip(line, ' \t'))
    at = end + 1
  }
  if (parts.length > 0) yield parts.join(' ')
}

function hasControl(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)
}

/**
 * The expression, else all classifiers (without the group "OSI Approved"), else the older free text: as Trivy since 0.50. A license
 * file that is merely named says nothing.
 */
function licenseLine(headers: Headers): string {
  const expression = headers.get('license-expression')?.[0] ?? ''
  if (expression !== '') return expression
  const classified = (headers.get('classifier') ?? [])
    .filter((classifier) => classifier.startsWith('License :: '))
    .map((classifier) => classifier.slice(classifier.lastIndexOf(' :: ') + 4))
    .filter((license) => license !== 'OSI Approved')
  return classified.length > 0 ? classified.join(', ') : (headers.get('license')?.[0] ?? '')
}
