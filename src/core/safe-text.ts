/**
 * Text from a registry or an image as it may be shown: control, format and bidirectional characters and halves of surrogate
 * pairs become visible escapes, so that nothing moves a terminal's cursor or reorders a line. Cut at `limit` UTF-16 units,
 * or one before where that would part a pair: PostgreSQL takes no half of one.
 */
export function safeText(text: string, limit = 300): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
  if (shown.length <= limit) return shown
  const cut = shown.slice(0, limit)
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`
}
