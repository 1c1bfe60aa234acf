const margin = 30_000
/** Of tokens that do not say how long they last. */
const shortest = 60_000

/**
 * When to renew a token: a little before it ends, but never at once.
 *
 * @param expires the claim `exp`, in seconds since the epoch
 * @returns milliseconds since the epoch
 */
export function renewalOf(expires: number | undefined, now: number): number {
  const end = expires === undefined ? now + shortest : expires * 1000
  return Math.max(end - margin, now + margin / 2)
}
