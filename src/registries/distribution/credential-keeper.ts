import type { Clock, Secret } from '../../core/index.ts'
import { basicAuthorization, type RegistryCredentials } from './credentials.ts'

/** Credentials that somebody issued for a while. */
export interface IssuedCredentials {
  readonly credentials: RegistryCredentials
  /** Milliseconds since the epoch: from then on new ones are asked for. Well before they end. */
  readonly renewAt: number
}

/**
 * Gives credentials that end. Asked when there are none yet or `renewAt` has come, by all who wait at once only one time, and
 * once more when the registry refuses what it gave. What it throws with kind `auth` is final: it is not asked again.
 *
 * @param refused what the registry just refused: a source with a cache of its own must give others, or the very same to say that
 *   there are none
 */
export type CredentialSource = (refused?: RegistryCredentials) => Promise<IssuedCredentials>

/** Credentials as they are now, with the header that they make. */
export interface HeldCredentials {
  readonly credentials: RegistryCredentials
  /** undefined for credentials that are no password. */
  readonly basic: Secret<string> | undefined
}

/** The one place that knows whether credentials are forever or renew themselves. */
export interface CredentialKeeper {
  /** Whether there are any; false: this client is anonymous. */
  readonly present: boolean
  /** Whether this header is of credentials that end, and would be renewed. */
  mayEnd(authorization: Secret<string>): boolean
  /** Good for now. */
  current(): Promise<HeldCredentials | undefined>
  /** Something else than what was just refused; undefined when there is nothing, or when that was a replacement already. */
  better(refused: HeldCredentials): Promise<HeldCredentials | undefined>
  /** The registry took them: should it refuse them later, others may help. */
  accepted(held: HeldCredentials | undefined): void
  /** Whose header this is; undefined: none that was given here. */
  behind(authorization: Secret<string>): HeldCredentials | undefined
  /** What was given last, to keep it out of messages. */
  latest(): RegistryCredentials | undefined
}

function hold(credentials: RegistryCredentials): HeldCredentials {
  return { credentials, basic: basicAuthorization(credentials) }
}

export function createCredentialKeeper(
  given: RegistryCredentials | CredentialSource | undefined,
  clock: Clock,
): CredentialKeeper {
  return typeof given === 'function' ? renewing(given, clock) : lasting(given && hold(given))
}

function lasting(held: HeldCredentials | undefined): CredentialKeeper {
  return {
    present: held !== undefined,
    mayEnd: () => false,
    current: () => Promise.resolve(held),
    better: () => Promise.resolve(undefined),
    accepted: () => undefined,
    behind: (authorization) => (held?.basic === authorization ? held : undefined),
    latest: () => held?.credentials,
  }
}

function renewing(source: CredentialSource, clock: Clock): CredentialKeeper {
  let held: HeldCredentials | undefined
  let renewAt = 0
  let underWay: Promise<HeldCredentials> | undefined
  // Replacements that the registry has not taken yet: refused too, they show that renewing does not help.
  const unproven = new WeakSet<HeldCredentials>()
  const byHeader = new WeakMap<Secret<string>, HeldCredentials>()

  async function issue(refused?: HeldCredentials): Promise<HeldCredentials> {
    try {
      const issued = await source(refused?.credentials)
      if (held === undefined || issued.credentials !== held.credentials) held = hold(issued.credentials)
      if (held.basic) byHeader.set(held.basic, held)
      renewAt = issued.renewAt
      return held
    } finally {
      underWay = undefined
    }
  }

  return {
    present: true,
    mayEnd: (authorization) => byHeader.has(authorization),
    async current() {
      if (held !== undefined && clock.now() < renewAt) return held
      return (underWay ??= issue())
    },
    async better(refused) {
      if (refused !== held) return held
      if (unproven.has(refused)) return undefined
      const replacement = await (underWay ??= issue(refused))
      if (replacement === refused) return undefined
      unproven.add(replacement)
      return replacement
    },
    accepted(one) {
      if (one) unproven.delete(one)
    },
    behind: (authorization) => byHeader.get(authorization),
    latest: () => held?.credentials,
  }
}
