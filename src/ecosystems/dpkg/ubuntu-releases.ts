import type { Clock } from '../../core/index.ts'

/** Releases whose extended maintenance has advisories of its own, whatever the day (Trivy, detector/ospkg/ubuntu). */
const extendedSpaces = new Set(['12.04', '14.04', '16.04', '18.04', '20.04'])

/** Last day of standard maintenance, where it can lie ahead: until then an attached image reads the standard advisories. */
const standardUntil: Readonly<Record<string, string>> = {
  '22.04': '2027-04-23',
  '24.04': '2034-03-31',
  '26.04': '2031-05-31',
}

/**
 * The space of a release: `ubuntu 22.04`; with Ubuntu Pro attached `ubuntu 18.04-ESM`, once standard maintenance is over.
 * @param release as etc/lsb-release states it
 */
export function ubuntuSpace(release: string, extended: boolean, clock: Clock): string {
  if (!extended) return `ubuntu ${release}`
  const until = standardUntil[release]
  const standard =
    !extendedSpaces.has(release) && until !== undefined && clock.now() < Date.parse(`${until}T23:59:59Z`)
  return standard ? `ubuntu ${release}` : `ubuntu ${release}-ESM`
}
