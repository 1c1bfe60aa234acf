/** Last days of support, by release: `12: '2028-06-10'`. */
export type LastDays = Readonly<Record<string, string>>

/** The end of a release's last day, as Trivy counts: 23:59:59 UTC. undefined for a release that is not listed. */
export function endOfLastDay(lastDays: LastDays, release: string): string | undefined {
  const day = Object.hasOwn(lastDays, release) ? lastDays[release] : undefined
  return day === undefined ? undefined : `${day}T23:59:59Z`
}
