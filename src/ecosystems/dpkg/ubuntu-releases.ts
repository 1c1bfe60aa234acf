import type { Clock } from '../../core/index.ts'
import { endOfLastDay } from '../index.ts'
import { ubuntuLastDays } from './end-of-life.ts'

/**
 * The space of a release: `ubuntu 22.04`; with Ubuntu Pro attached `ubuntu 18.04-ESM` where that has an end of support of its own,
 * whatever the day, or once standard maintenance is over (Trivy, pkg/detector/ospkg/ubuntu, versionFromEolDates).
 * @param release as etc/lsb-release states it
 */
export function ubuntuSpace(release: string, extended: boolean, clock: Clock): string {
  if (!extended) return `ubuntu ${release}`
  const standardUntil = endOfLastDay(ubuntuLastDays, release)
  const isStandard =
    endOfLastDay(ubuntuLastDays, `${release}-ESM`) === undefined &&
    standardUntil !== undefined &&
    clock.now() < Date.parse(standardUntil)
  return isStandard ? `ubuntu ${release}` : `ubuntu ${release}-ESM`
}
