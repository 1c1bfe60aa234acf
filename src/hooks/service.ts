import { createHash, randomBytes } from 'node:crypto'
import { connectionNotFound } from '../connections/index.ts'
import { AppError, type Clock, isUuid, newId, Secret, toAppError } from '../core/index.ts'
import type { Vault } from '../platform/credentials/index.ts'
import { type Database, inTransaction } from '../platform/db/index.ts'
import type { HttpFactory } from '../platform/http/index.ts'
import type { NotifiedChange, PushNotifications, RegistryProvider } from '../registries/index.ts'
import type { ArrivedEvent, ConnectionHook, HookOutcome, HookReceiver, HookService } from './ports.ts'
import {
  deleteHook,
  eventsOf,
  findByToken,
  findConnection,
  type HookedConnection,
  replaceHook,
  saveEvent,
} from './store.ts'

/** Where addresses begin; the secret part follows. */
export const HOOK_PATH = '/hooks/registries'
/** Bytes of an event's body. */
export const LARGEST_NOTIFICATION = 1 << 20
/** Repositories of one event that are kept to show. */
const SHOWN = 10
const TOKEN_BYTES = 32
const TOKEN = /^[\w-]{43}$/

export interface HooksOptions {
  readonly db: Database
  readonly vault: Vault
  readonly clock: Clock
  readonly providers: readonly RegistryProvider[]
  /** What platforms' public keys are fetched with. */
  readonly http: HttpFactory
  /** This server's own origin, where the operator has said it. */
  readonly baseUrl: string | undefined
  /** Something may have changed in these repositories of a connection. */
  readonly onChanges: (orgId: string, connectionId: string, repositories: readonly string[]) => Promise<void>
}

export interface Hooks extends HookService, HookReceiver {
  /** Of a connection that is gone: its address and secret go too. */
  forget(orgId: string, connectionId: string): Promise<void>
}

/** @returns what people set up, and what receives events */
export function createHooks(options: HooksOptions): Hooks {
  const { db, vault, clock } = options
  const page = db.lane('page')
  const providers = new Map(
    options.providers.map(({ description, notifications }) => [description.id, notifications]),
  )

  async function find(orgId: string, connectionId: string): Promise<HookedConnection> {
    const row = isUuid(connectionId) ? await findConnection(page, orgId, connectionId) : undefined
    if (row === undefined) throw connectionNotFound()
    return row
  }

  async function view(row: HookedConnection): Promise<ConnectionHook> {
    const events = await eventsOf(page, row.id)
    return {
      ...howTo(providers.get(row.platform) ?? null),
      ...(await keysOf(options, row)),
      createdAt: row.hook_created_at?.toISOString() ?? null,
      events: events.map((event) => ({ ...event, at: event.at.toISOString() })),
    }
  }

  async function forget(orgId: string, connectionId: string): Promise<void> {
    await inTransaction(db, 'page', async (tx) => {
      const id = await deleteHook(tx, orgId, connectionId)
      if (id !== undefined) await vault.within(tx).remove(orgId, id)
    })
  }

  return {
    get: async (orgId, connectionId) => view(await find(orgId, connectionId)),

    async rotate(orgId, connectionId) {
      const { platform } = await find(orgId, connectionId)
      if ((providers.get(platform) ?? null) === null) throw unsupported()
      const id = newId(clock.now())
      const token = randomBytes(TOKEN_BYTES).toString('base64url')
      const secret = randomBytes(TOKEN_BYTES).toString('base64url')
      await inTransaction(db, 'page', async (tx) => {
        const now = new Date(clock.now())
        const before = await replaceHook(tx, { id, orgId, connectionId, tokenHash: hashOf(token), now })
        if (before !== undefined) await vault.within(tx).remove(orgId, before)
        await vault.within(tx).seal(orgId, id, { token: new Secret(token), secret: new Secret(secret) })
      })
      return view(await find(orgId, connectionId))
    },

    async remove(orgId, connectionId) {
      await find(orgId, connectionId)
      await forget(orgId, connectionId)
    },

    forget,

    async receive(event) {
      const row = TOKEN.test(event.token) ? await findByToken(page, hashOf(event.token)) : undefined
      const notifications = row && providers.get(row.platform)
      if (row === undefined || !notifications) throw hookNotFound()
      await take(options, { row, notifications, event })
    },
  }
}

function howTo(
  notifications: PushNotifications | null,
): Pick<ConnectionHook, 'supported' | 'proof' | 'steps' | 'sample'> {
  if (notifications === null) return { supported: false, proof: null, steps: [], sample: null }
  const { proof, steps, sample = null } = notifications
  return { supported: true, proof, steps, sample }
}

async function keysOf(
  { vault, baseUrl = '' }: HooksOptions,
  { org_id: orgId, hook_id: id }: HookedConnection,
): Promise<Pick<ConnectionHook, 'address' | 'secret'>> {
  if (id === null) return { address: null, secret: null }
  const { token, secret } = await vault.open(orgId, id)
  if (token === undefined || secret === undefined) return { address: null, secret: null }
  return { address: `${baseUrl}${HOOK_PATH}/${token.reveal()}`, secret: secret.reveal() }
}

interface Taken {
  readonly row: HookedConnection
  readonly notifications: PushNotifications
  readonly event: ArrivedEvent
}

/** Reads one event, says what became of it, and hands on where to look. */
async function take(options: HooksOptions, taken: Taken): Promise<void> {
  const { row } = taken
  const changes = await read(options, taken).catch(async (thrown: unknown) => {
    const error = toAppError(thrown)
    if (error.kind === 'auth' || error.kind === 'invalid') {
      await note(options, row, error.kind === 'auth' ? 'refused' : 'invalid', [], error.publicMessage)
    }
    throw error
  })
  const repositories = [...new Set(changes.map(({ repository }) => repository))]
  if (!row.enabled) return note(options, row, 'ignored', repositories, 'The connection is disabled.')
  if (repositories.length === 0) return note(options, row, 'ignored', [], 'It concerns no image.')
  await options.onChanges(row.org_id, row.id, repositories)
  await note(options, row, 'accepted', repositories, null)
}

async function read(
  { vault, baseUrl, http, clock }: HooksOptions,
  { row, notifications, event }: Taken,
): Promise<readonly NotifiedChange[]> {
  const { secret } = await vault.open(row.org_id, row.hook_id ?? '')
  if (secret === undefined) throw hookNotFound()
  const address = `${baseUrl ?? event.origin}${HOOK_PATH}/${event.token}`
  const { headers, body } = event
  return notifications.read({ headers, body, secret, address, settings: row.settings }, { http, clock })
}

function note(
  { db, clock }: HooksOptions,
  { id }: HookedConnection,
  outcome: HookOutcome,
  repositories: readonly string[],
  message: string | null,
): Promise<void> {
  const shown = repositories.slice(0, SHOWN)
  return inTransaction(db, 'page', (tx) =>
    saveEvent(tx, id, { at: new Date(clock.now()), outcome, repositories: shown, message }),
  )
}

const hashOf = (token: string): Uint8Array => createHash('sha256').update(token).digest()

/** Nothing that tells an address that was from one that never was. */
function hookNotFound(): AppError {
  return new AppError({
    code: 'hook-not-found',
    kind: 'not-found',
    publicMessage: 'There is no such address for push notifications.',
    remedy: 'Take the address from the connection; after it was made anew, the old one no longer holds.',
  })
}

function unsupported(): AppError {
  return new AppError({
    code: 'hook-unsupported',
    kind: 'unsupported',
    publicMessage: 'This platform does not tell of pushes.',
    remedy: 'Pushes are found by discovery; choose a shorter scan interval.',
  })
}
