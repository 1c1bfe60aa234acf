/** What a browser tells of where a request comes from. */
export interface OriginFacts {
  readonly method: string
  /** `Sec-Fetch-Site`; only sent over HTTPS and to this machine. */
  readonly fetchSite: string | undefined
  readonly origin: string | undefined
  /** Origins that the server is reached at: `https://portolan.example.com`. */
  readonly own: readonly string[]
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request that carries a cookie may change state: only the server's own pages may send it, so that no other site
 * can act in a signed-in person's name. A request that says nothing of its origin is refused: scripts use a token.
 */
export function isSameOrigin(facts: OriginFacts): boolean {
  if (safeMethods.has(facts.method)) return true
  if (facts.fetchSite !== undefined) return facts.fetchSite === 'same-origin'
  return facts.origin !== undefined && facts.own.includes(facts.origin)
}
