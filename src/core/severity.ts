/** Trivy's five severities, lowest first: the index is the integer that its database stores. */
export const SEVERITIES = ['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const

export type Severity = (typeof SEVERITIES)[number]

/** 0 for UNKNOWN to 4 for CRITICAL. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}

/** @param rank the integer of a vulnerability database; anything out of range is UNKNOWN */
export function severityOfRank(rank: number): Severity {
  return SEVERITIES[rank] ?? 'UNKNOWN'
}

export function isSeverity(text: string): text is Severity {
  return (SEVERITIES as readonly string[]).includes(text)
}

/** How many of each severity. */
export type SeverityCounts = Readonly<Record<Severity, number>>

export const NO_COUNTS: SeverityCounts = { UNKNOWN: 0, LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0 }

export function countSeverities(severities: Iterable<Severity>): SeverityCounts {
  const counts = { ...NO_COUNTS }
  for (const severity of severities) counts[severity] += 1
  return counts
}
