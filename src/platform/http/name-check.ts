import dns from 'node:dns'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AppError, isAppError } from '../../core/index.ts'
import { guardedLookup } from './dispatcher.ts'
import type { HttpClientOptions } from './ports.ts'

/** A name server that is slower has not refused anything. Milliseconds. */
const longest = 2_000

/**
 * Whether a name that a proxy of the client's own will resolve leads, as far as can be seen from here, only to addresses that are
 * refused. Behind many proxies nothing can be resolved: then the operator, who allowed the proxy, relies on it.
 */
export function createNameCheck(
  options: Pick<HttpClientOptions, 'ownProxy' | 'addresses' | 'lookup'>,
): (host: string) => Promise<AppError | undefined> {
  if (options.ownProxy === undefined) return async () => undefined
  const lookup = guardedLookup(options.addresses, options.lookup ?? dns.lookup)
  const known = new Map<string, Promise<AppError | undefined>>()
  const ask = (host: string): Promise<AppError | undefined> =>
    new Promise((resolve) => {
      lookup(host, {}, (error) => resolve(isAppError(error) ? error : undefined))
    })
  return (host) => {
    const found = known.get(host) ?? Promise.race([ask(host), sleep(longest, undefined, { ref: false })])
    known.set(host, found)
    return found
  }
}
