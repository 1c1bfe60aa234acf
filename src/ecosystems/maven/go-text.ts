import { strip } from '../../core/index.ts'

/** White space as Go's strings.Fields and strings.TrimSpace know it (Unicode's White_Space). */
const spaces =
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
const between = new RegExp(`[${spaces}]+`)

export function trimSpace(text: string): string {
  return strip(text, spaces)
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
