import { type AppError, type Clock, isRetryable } from '../core/index.ts'

/** Tries of one scan, the first included; workers that died count. */
export const MAX_ATTEMPTS = 5

const firstWait = 15_000
const longestWait = 10 * 60_000

/**
 * When a failed attempt is tried again, decided by the error's kind alone; undefined: never.
 *
 * @param attempt 1 for the first
 * @returns milliseconds since the epoch
 */
export function retryTime(error: AppError, attempt: number, clock: Clock): number | undefined {
  if (!isRetryable(error) || attempt >= MAX_ATTEMPTS) return undefined
  const wait = Math.min(firstWait * 2 ** (attempt - 1), longestWait)
  return Math.max(clock.now() + wait, error.retryAt ?? 0)
}
