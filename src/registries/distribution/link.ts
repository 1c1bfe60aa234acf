// Comma-separated `<target>; name=value; name="value"`; the brackets are missing from some registries' answers.
const entry =
  /\s*(?:<\s*([^<>]*?)\s*>|([^\s<>;,]+))((?:\s*;\s*[^\s=;,]+\s*(?:=\s*(?:"[^"]*"|[^\s";,]*))?)*)\s*(?:,|$)/y
const attribute = /;\s*([^\s=;,]+)\s*(?:=\s*(?:"([^"]*)"|([^\s";,]*)))?/g

const longest = 16_384

function relations(attributes: string): string[] {
  const rel = [...attributes.matchAll(attribute)].find(([, name]) => name?.toLowerCase() === 'rel')
  return (rel?.[2] ?? rel?.[3] ?? '').toLowerCase().split(/\s+/)
}

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
      if (relations(match[3] ?? '').includes('next')) return match[1] ?? match[2]
    }
  }
  return undefined
}
