import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect } from 'vitest'

/** What a reader may need, whatever it is given to read. */
const MOST_MIB = 512

/**
 * Holds a file of tests, or a block of them, to a bound of memory: the highest that the process ever had, so that what is taken and given
 * back within one call counts too.
 */
export function boundMemory(most = MOST_MIB): void {
  beforeAll(forgetPeak)
  afterAll(() => expect(peakMiB(), 'MiB of memory, at most').toBeLessThan(most))
}

/** Linux counts anew after a 5 (proc(5), clear_refs); elsewhere the peak is that of the whole process. */
function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Not Linux, or not allowed: then more counts, not less.
  }
}

function peakMiB(): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    if (kibibytes !== undefined) return Number(kibibytes) / 1024
  } catch {
    // As above.
  }
  return process.resourceUsage().maxRSS / 1024
}
