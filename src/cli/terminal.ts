import type { Severity } from '../core/index.ts'

/** How text may look where it goes: colours only on a terminal that wants them. */
export interface Style {
  /** Columns of the terminal; undefined in a pipe or file, where nothing is cut. */
  readonly width: number | undefined
  bold(text: string): string
  dim(text: string): string
  severity(severity: Severity, text: string): string
}

const codes: Readonly<Record<Severity, string>> = {
  CRITICAL: '1;31',
  HIGH: '31',
  MEDIUM: '33',
  LOW: '36',
  UNKNOWN: '90',
}

/** @param environment NO_COLOR (no-color.org) and TERM=dumb turn colours off */
export function styleOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const isTerminal = stream.isTTY === true
  const colours = isTerminal && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb'
  const paint = (code: string, text: string): string =>
    colours && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text
  return {
    width: isTerminal ? Math.max(60, stream.columns ?? 80) : undefined,
    bold: (text) => paint('1', text),
    dim: (text) => paint('2', text),
    severity: (severity, text) => paint(codes[severity], text),
  }
}
