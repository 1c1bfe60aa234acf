/**
 * A document as JSON for people and programs. JSON itself lets 8-bit control characters and bidirectional marks stand as
 * they are; written as escapes they mean the same to a program, and do nothing to a terminal.
 */
export function jsonText(document: unknown): string {
  const text = JSON.stringify(document, null, 2)
  return `${text.replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, escaped)}\n`
}

/** By UTF-16 units, as JSON has it (RFC 8259, 7). */
function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('')
}
