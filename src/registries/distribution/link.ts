// Comma-separated `<target>; name=value; name="value"`; the brackets are missing from some registries' answers. One pattern for the
// whole would take the cube of what a hostile header repeats.
const target = /\s*(?:<([^<>]*)>|([^\s<>;,]+))/y
const attribute = /\s*;\s*([^\s=;,]+)\s*(?:=\s*(?:"([^"]*)"|([^\s";,]*)))?/y
const separator = /\s*(?:,|$)/y

const longest = 16_384

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** The links of one header with what they are to the page, up to the first that is none. */
function* linksOf(text: string): Generator<{ readonly target: string; readonly rel: string | undefined }> {
  let at = 0
  for (let link = matchAt(target, text, at); link !== null; link = matchAt(target, text, at)) {
    at = target.lastIndex
    let rel: string | undefined
    for (let next = matchAt(attribute, text, at); next !== null; next = matchAt(attribute, text, at)) {
      at = attribute.lastIndex
      if (next[1]?.toLowerCase() === 'rel') rel ??= next[2] ?? next[3] ?? ''
    }
    if (matchAt(separator, text, at) === null) return
    at = separator.lastIndex
    yield { target: (link[1] ?? link[2] ?? '').trim(), rel }
  }
}

/**
 * The target of `rel="next"` in Link headers (RFC 8288), in every form that registries write: relative, absolute,
 * URL-encoded, with spaces, without brackets or quotes, among others, with a trailing comma.
 *
 * @example nextLink(['</v2/_catalog?last=b&n=2>; rel="next"']) // '/v2/_catalog?last=b&n=2'
 */
export function nextLink(headers: readonly string[]): string | undefined {
  for (const header of headers) {
    for (const { target: found, rel = '' } of linksOf(header.slice(0, longest))) {
      if (rel.toLowerCase().split(/\s+/).includes('next')) return found
    }
  }
  return undefined
}
