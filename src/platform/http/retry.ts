import { setTimeout as sleep } from 'node:timers/promises'
import { type AppError, isRetryable } from '../../core/index.ts'
import type { HttpRequest, HttpResponse, RetrySettings } from './ports.ts'
import { parseRetryAfter } from './retry-after.ts'

/** 429 asks to slow down; the others say that something in between failed (RFC 9110, 15.6; 520 is Quay's and Cloudflare's word for it). */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504, 520])

export const defaultRetry: RetrySettings = {
  attempts: 5,
  longestWait: 60_000,
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, signal ? { signal } : {}),
  // Spread needs no secrecy, only difference between processes.
  random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
}

/** Milliseconds before the try after number `attempt`: a network fault is often gone at once, an overload is not. */
function backoff(settings: RetrySettings, attempt: number, first: number): number {
  const whole = Math.min(first * 2 ** (attempt - 1), settings.longestWait)
  return whole / 2 + (whole / 2) * settings.random()
}

/** Work may try again later; no request gets anywhere by waiting for seconds. */
const lasting: ReadonlySet<string> = new Set(['host-not-found'])

/** @returns how long to wait before another try; undefined when none would help or none is left */
export function waitAfterError(
  settings: RetrySettings,
  attempt: number,
  error: AppError,
): number | undefined {
  if (attempt >= settings.attempts || !isRetryable(error) || lasting.has(error.code)) return undefined
  return backoff(settings, attempt, 500)
}

/** As `waitAfterError`, for an answer. A server that asks for more patience than we have gets its answer passed on. */
export function waitAfterResponse(
  settings: RetrySettings,
  attempt: number,
  response: HttpResponse,
  now: number,
  retryAt?: HttpRequest['retryAt'],
): number | undefined {
  if (attempt >= settings.attempts || !passingStatuses.has(response.status)) return undefined
  const wanted = retryAt?.(response) ?? parseRetryAfter(response.header('retry-after'), now)
  if (wanted === undefined) return backoff(settings, attempt, 2000)
  const wait = Math.max(wanted - now, 0)
  return wait <= settings.longestWait ? wait : undefined
}
