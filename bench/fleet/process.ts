import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

/** What scanning the whole fleet cost. */
export interface Taken {
  /** Seconds. */
  readonly wall: number
  /** Seconds of user and system time. */
  readonly cpu: number
  /** How often each blob was fetched, by its digest. */
  readonly pulls: ReadonlyMap<string, number>
}

/** Waits until a server answers. */
export async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const isUp = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (isUp) return
    await wait(100)
  }
  throw new Error(`nothing answers at ${url}`)
}

/** Seconds of processor time of one process so far (proc(5), stat; 100 ticks a second). */
export function cpuOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8')
  const fields = stat.split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}
