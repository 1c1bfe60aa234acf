import type { OperatingSystem } from './ports.ts'

/** Whether the system's release is no longer supported. Unknown ends lie ahead. */
export function isPastEndOfLife(os: Pick<OperatingSystem, 'endOfLife'> | null, now: number): boolean {
  return os?.endOfLife !== undefined && now >= Date.parse(os.endOfLife)
}
