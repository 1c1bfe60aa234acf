import { AppError } from '../../../core/index.ts'
import { type ApiRefusal, saidIn } from '../../index.ts'

interface Meaning {
  readonly said: RegExp
  readonly cause: string
  readonly remedy: string
}

/** What Google's token endpoint says of a key, and what it stands for. */
const meanings: readonly Meaning[] = [
  {
    said: /reasonable timeframe|iat and exp|short-lived token/i,
    cause: 'the clock of this server is wrong, so that what it signs looks expired or not yet valid',
    remedy: 'Set the clock of this server (NTP), then check again.',
  },
  {
    said: /account not found/i,
    cause: 'the service account {name} does not exist (any more)',
    remedy: 'Create the service account again, or give the key of another.',
  },
  {
    said: /disabled/i,
    cause: 'the service account {name} is disabled',
    remedy: 'Enable the service account, or give the key of another.',
  },
  {
    said: /invalid jwt signature|invalid_grant/i,
    cause: 'the key of {name} was deleted, has expired or belongs to another account',
    remedy: 'Create a new key for the service account and paste its file.',
  },
]

/** What it says of a federated token depends on the conditions of the pool. */
const federated: Meaning = {
  said: /^/,
  cause: 'it does not accept the token of this server',
  remedy: 'Check the workload identity pool, its provider and their conditions.',
}

const unknown: Meaning = {
  said: /^/,
  cause: 'it does not accept {name}',
  remedy: 'Check the service account and its key.',
}

const refusing = new Set([
  'invalid_grant',
  'invalid_client',
  'unauthorized_client',
  'access_denied',
  'invalid_target',
])

/** A refusal of a token endpoint (RFC 6749, 5.2); undefined for trouble that says nothing of the credentials. */
export function tokenRefusal(
  name: string,
  { body, status, request }: ApiRefusal,
  isFederated = false,
): AppError | undefined {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  const code = typeof error === 'string' ? error : ''
  if (!refusing.has(code) && status !== 401) return undefined
  const said = saidIn(body)
  const known = isFederated ? [federated] : meanings
  const { cause, remedy } = known.find((each) => each.said.test(`${said} ${code}`)) ?? unknown
  const quoted = [code, said].filter((text) => text !== '').join(': ')
  return new AppError({
    code: 'credentials-refused',
    kind: 'auth',
    publicMessage: `Credentials refused: Google did not let ${name} ${request.doing}: ${cause.replace('{name}', name)}${quoted === '' ? '' : ` (it says: ${quoted})`}.`,
    remedy,
  })
}
