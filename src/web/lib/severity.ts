import type { Severity, SeverityCounts } from '../../contract/index.ts'
import { number } from './format.ts'

/** Worst first: the order of every list, chip and bar. */
export const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'UNKNOWN'] as const satisfies Severity[]

export const SEVERITY_NAMES: Readonly<Record<Severity, string>> = {
  CRITICAL: 'Critical',
  HIGH: 'High',
  MEDIUM: 'Medium',
  LOW: 'Low',
  UNKNOWN: 'Unknown',
}

/** C H M L U: stands beside the colour, which never speaks alone. */
export function severityLetter(severity: Severity): string {
  return severity.charAt(0)
}

export function isSeverity(text: string): text is Severity {
  return (SEVERITIES as readonly string[]).includes(text)
}

export function totalOf(counts: SeverityCounts): number {
  return SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0)
}

/** "2 critical, 12 high": what a screen reader hears of a bar. */
export function countsInWords(counts: SeverityCounts): string {
  const parts = SEVERITIES.filter((severity) => counts[severity] > 0).map(
    (severity) => `${number(counts[severity])} ${SEVERITY_NAMES[severity].toLowerCase()}`,
  )
  return parts.length === 0 ? 'no findings' : parts.join(', ')
}
