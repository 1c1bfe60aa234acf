import type { Clock, Secret } from '../../../core/index.ts'
import { scopeMissing } from './explain.ts'
import type { AccessToken, RegistryTokens } from './tokens.ts'

/** Authorizations for the metadata of repositories, many to a token. */
export interface RepositoryTokens {
  /** Repositories that will probably be asked for, in this order. */
  expect(repositories: readonly string[]): void
  /**
   * @param refused what the registry just refused for it
   * @throws AppError `permission-missing` (denied)
   */
  authorization(repository: string, refused?: Secret<string>): Promise<Secret<string>>
}

/** A token stands in a header, which servers cut at 8 KB or 16 KB; a scope comes back in it in Base64 with some JSON around. */
const mostScopes = 30
const mostCharacters = 1800
/** Names that are remembered to share tokens; those beyond get one each. */
const mostExpected = 50_000

/** A token for `pull` alone is refused by listings of tags; both are asked for (goharbor/harbor, azurecr/auth.go). */
const scopeOf = (repository: string): string => `repository:${repository}:metadata_read,pull`

/**
 * Asks for tokens of many repositories at once, so that a discovery needs one request for tokens where it needs thirty for
 * tags. A registry that grants less in company than alone is asked one by one from then on.
 */
export function createRepositoryTokens(
  { host, clock }: { readonly host: string; readonly clock: Clock },
  tokens: RegistryTokens,
): RepositoryTokens {
  const order: string[] = []
  const places = new Map<string, number>()
  const held = new Map<string, Promise<AccessToken>>()
  let alone = false

  /** What is asked for in one go: the repository, and those after it that have no token yet. */
  function batchFrom(repository: string): string[] {
    const place = places.get(repository)
    const batch = [repository]
    if (alone || place === undefined) return batch
    let characters = scopeOf(repository).length
    for (const next of order.slice(place + 1, place + mostScopes)) {
      characters += scopeOf(next).length
      if (held.has(next) || characters > mostCharacters) break
      batch.push(next)
    }
    return batch
  }

  function fetch(batch: readonly string[]): Promise<AccessToken> {
    const token = tokens.access(batch.map(scopeOf))
    for (const repository of batch) held.set(repository, token)
    token.catch(() => forget(batch, token))
    return token
  }

  function forget(batch: readonly string[], token: Promise<AccessToken>): void {
    for (const repository of batch) if (held.get(repository) === token) held.delete(repository)
  }

  async function good(repository: string, refused: Secret<string> | undefined): Promise<AccessToken> {
    const kept = held.get(repository)
    const token = kept && (await kept)
    if (token && token.authorization !== refused && clock.now() < token.renewAt) return token
    // Whoever came first may have renewed it while this one waited.
    const renewed = held.get(repository)
    return renewed !== undefined && renewed !== kept ? renewed : fetch(batchFrom(repository))
  }

  return {
    expect(repositories) {
      for (const repository of repositories) {
        if (places.has(repository) || order.length >= mostExpected) continue
        places.set(repository, order.length)
        order.push(repository)
      }
    },
    async authorization(repository, refused) {
      const shared = await good(repository, refused)
      if (shared.grants(scopeOf(repository))) return shared.authorization
      const own = await fetch([repository])
      if (!own.grants(scopeOf(repository))) throw scopeMissing(host, scopeOf(repository))
      alone = true
      return own.authorization
    },
  }
}
