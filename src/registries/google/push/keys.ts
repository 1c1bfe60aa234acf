import { createLocalJWKSet, type JSONWebKeySet } from 'jose'
import type { Clock } from '../../../core/index.ts'
import type { HttpFactory } from '../../../platform/http/index.ts'
import { createApiClient } from '../../index.ts'
import { publicKeys } from './schema.ts'

const origin = 'https://www.googleapis.com'
/** Google changes its keys every few days and tells a new one long before it signs with it; milliseconds. */
const lifetime = 3_600_000
/** Forged events, which name unknown keys, must not make us ask Google again and again. */
const leastBetween = 60_000

export type KeySet = ReturnType<typeof createLocalJWKSet>

interface Held {
  readonly keys: Promise<KeySet>
  /** Milliseconds since the epoch. */
  readonly askedAt: number
}

const heldBy = new WeakMap<HttpFactory, Held>()

/**
 * Google's public keys, kept for an hour. @param renewed after a signature by a key that was not among them: asked for again, if
 * that is a while ago
 */
export function googleKeys(
  { http, clock }: { readonly http: HttpFactory; readonly clock: Clock },
  renewed = false,
): Promise<KeySet> {
  const held = heldBy.get(http)
  const age = held === undefined ? Number.POSITIVE_INFINITY : clock.now() - held.askedAt
  if (held !== undefined && age >= 0 && age < (renewed ? leastBetween : lifetime)) return held.keys
  const keys = fetchKeys(http, clock)
  heldBy.set(http, { keys, askedAt: clock.now() })
  keys.catch(() => heldBy.delete(http))
  return keys
}

async function fetchKeys(factory: HttpFactory, clock: Clock): Promise<KeySet> {
  const http = factory()
  try {
    const api = createApiClient({ http, clock, origin })
    const { value } = await api.json(
      { path: '/oauth2/v3/certs', doing: "fetch Google's public keys" },
      publicKeys,
    )
    return createLocalJWKSet(value as JSONWebKeySet)
  } finally {
    await http.close()
  }
}
