// Comma-separated `<target>; name=value; name="value"`; the brackets are missing from some registries' answers.
const entry =
  /\s*(?:<\s*([^<>]*?)\s*>|([^\s<>;,]+))((?:\s*;\s*[^\s=;,]+\s*(?:=\s*(?:"[^"]*"|[^\s";,]*))?)*)\s*(?:,|$)/y
const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]*))/i

const longest = 16_384

/**
 * The target of `rel="next"` in Link headers (RFC 8288), in every form that registries write: relative, absolute,
 * URL-encoded, with spaces, without brackets or quotes, among others, with a trailing comma.
 *
 * @example nextLink(['</v2/_catalog?last=b&n=2>; rel="next"']) // '/v2/_catalog?last=b&n=2'
 */
export function nextLink(headers: readonly string[]): string | undefined {
  for (const header of headers) {
    const text = header.slice(0, longest)
    entry.lastIndex = 0
    for (let match = entry.exec(text); match && match[0] !== ''; match = entry.exec(text)) {
      const rel = relation.exec(match[3] ?? '')
      const names = (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/)
      if (names.includes('next')) return match[1] ?? match[2]
    }
  }
  return undefined
}
