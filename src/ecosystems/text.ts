const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** UTF-8; broken bytes become U+FFFD, a byte order mark stays (Go's decoders keep it, and it must break JSON there and here). */
export function decodeText(content: Uint8Array): string {
  return decoder.decode(content)
}

/** The first line without its end; undefined for an empty file. */
export function firstLine(content: Uint8Array): string | undefined {
  if (content.length === 0) return undefined
  return decodeText(content).split('\n', 1)[0]?.replace(/\r$/, '')
}
