/** White space as Go's strings.Fields and strings.TrimSpace know it (Unicode's White_Space). */
const space = String.raw`[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`
const around = new RegExp(`^${space}+|${space}+$`, 'g')
const between = new RegExp(`${space}+`)

export function trimSpace(text: string): string {
  return text.replace(around, '')
}

export function fieldsOf(text: string): string[] {
  return trimSpace(text)
    .split(between)
    .filter((field) => field !== '')
}

/** The longest line that bufio.Scanner takes. Bytes; in characters near enough. */
const MAX_LINE = 64 * 1024

/** @throws Error for a line that fails Trivy's scanner, and with it the file */
export function checkLines(lines: readonly string[], what: string): readonly string[] {
  if (lines.some((line) => line.length >= MAX_LINE)) throw new Error(`a line of its ${what} is too long`)
  return lines
}
