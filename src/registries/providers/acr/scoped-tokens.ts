import type { Clock, Secret } from '../../../core/index.ts'
import { expectedOrder } from '../../index.ts'
import type { AccessToken, AccessTokens } from './access-token.ts'
import type { ScopeMissing } from './explain.ts'

/** Authorizations for single scopes, where it can be many to a token. */
export interface ScopedTokens {
  /** Scopes that will probably be asked for, in this order. */
  expect(scopes: readonly string[]): void
  /**
   * @param refused what the registry just refused for it
   * @throws AppError `permission-missing` (denied)
   */
  authorization(scope: string, refused?: Secret<string>): Promise<Secret<string>>
}

export const catalogScope = 'registry:catalog:*'

/** A token for `pull` alone is refused by listings of tags (goharbor/harbor, azurecr/auth.go). */
export const metadataScope = (repository: string): string => `repository:${repository}:metadata_read,pull`

/** Whether a token lists what the scope is about: whoever may not pull may still list. */
function lists(token: AccessToken, scope: string): boolean {
  return token.missing(scope).every((action) => action === 'pull')
}

/** A token stands in a header, which servers cut at 8 KB or 16 KB; a scope comes back in it in Base64 with some JSON around. */
const mostScopes = 30
const mostCharacters = 1800
/**
 * Asks for tokens of many repositories at once, so that a discovery needs one request for tokens where it needs thirty for
 * tags. A registry that grants less in company than alone is asked one by one from then on.
 */
export function createScopedTokens(
  { clock, scopeMissing }: { readonly clock: Clock; readonly scopeMissing: ScopeMissing },
  tokens: AccessTokens,
): ScopedTokens {
  const order = expectedOrder()
  const held = new Map<string, Promise<AccessToken>>()
  /** Scopes whose last token was asked for together with others. */
  const inCompany = new Set<string>()
  let alone = false

  /** What is asked for in one go: the scope, and those after it that have no token, or the one that is no longer good. */
  function batchFrom(scope: string, ended: Promise<AccessToken> | undefined): string[] {
    const batch = [scope]
    if (alone) return batch
    let characters = scope.length
    for (const next of order.after(scope, mostScopes - 1)) {
      characters += next.length
      if (held.get(next) !== ended && held.has(next)) break
      if (characters > mostCharacters) break
      batch.push(next)
    }
    return batch
  }

  function obtain(batch: readonly string[]): Promise<AccessToken> {
    const token = tokens.access(batch)
    for (const scope of batch) {
      held.set(scope, token)
      if (batch.length > 1) inCompany.add(scope)
      else inCompany.delete(scope)
    }
    token.catch(() => {
      for (const scope of batch) if (held.get(scope) === token) held.delete(scope)
    })
    return token
  }

  async function good(scope: string, refused: Secret<string> | undefined): Promise<AccessToken> {
    const kept = held.get(scope)
    const token = kept && (await kept)
    if (token && token.authorization !== refused && clock.now() < token.renewAt) return token
    // Whoever came first may have renewed it while this one waited.
    const renewed = held.get(scope)
    return renewed !== undefined && renewed !== kept ? renewed : obtain(batchFrom(scope, kept))
  }

  return {
    expect: (scopes) => order.add(scopes),
    async authorization(scope, refused) {
      const shared = await good(scope, refused).catch((error: unknown) => {
        if (!inCompany.has(scope)) throw error
        return undefined
      })
      if (shared && lists(shared, scope)) return shared.authorization
      const own = await obtain([scope])
      if (!lists(own, scope)) throw scopeMissing(scope, own.missing(scope))
      alone = true
      return own.authorization
    },
  }
}
