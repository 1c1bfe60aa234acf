/**
 * Text from a registry or an image as it may be shown: control, format and bidirectional characters become
 * visible escapes, so that nothing moves a terminal's cursor or reorders a line. Cut at `limit` characters.
 */
export function safeText(text: string, limit = 300): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
  return shown.length > limit ? `${shown.slice(0, limit)}…` : shown
}
