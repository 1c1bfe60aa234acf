import { type Kysely, sql } from 'kysely'
import { storableJson } from '../platform/db/index.ts'
import type { HookOutcome } from './ports.ts'

export type Db = Kysely<unknown>

/** Events kept of a connection. */
const KEPT = 50

export interface HookedConnection {
  readonly id: string
  readonly org_id: string
  readonly platform: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly enabled: boolean
  /** Of its address: null where it has none. */
  readonly hook_id: string | null
  readonly hook_created_at: Date | null
}

const columns = sql`c.id, c.org_id, c.platform, c.settings, c.enabled, h.id as hook_id, h.created_at as hook_created_at`

export async function findConnection(
  db: Db,
  orgId: string,
  connectionId: string,
): Promise<HookedConnection | undefined> {
  const { rows } = await sql<HookedConnection>`
    select ${columns} from registry_connection c left join push_hook h on h.connection_id = c.id
    where c.org_id = ${orgId} and c.id = ${connectionId}::uuid and c.deleted_at is null`.execute(db)
  return rows[0]
}

/** By the hash of an address' secret part: equal only for who knows it, and the index tells nothing of it. */
export async function findByToken(db: Db, tokenHash: Uint8Array): Promise<HookedConnection | undefined> {
  const { rows } = await sql<HookedConnection>`
    select ${columns} from push_hook h join registry_connection c on c.id = h.connection_id
    where h.token_hash = ${tokenHash} and c.deleted_at is null`.execute(db)
  return rows[0]
}

export interface NewHook {
  readonly id: string
  readonly orgId: string
  readonly connectionId: string
  readonly tokenHash: Uint8Array
  readonly now: Date
}

/** In place of the one before. @returns the id of the one before */
export async function replaceHook(db: Db, hook: NewHook): Promise<string | undefined> {
  const before = await deleteHook(db, hook.orgId, hook.connectionId)
  await sql`
    insert into push_hook (id, org_id, connection_id, token_hash, created_at)
    values (${hook.id}, ${hook.orgId}, ${hook.connectionId}::uuid, ${hook.tokenHash}, ${hook.now})`.execute(
    db,
  )
  return before
}

/** @returns its id; undefined where there was none */
export async function deleteHook(db: Db, orgId: string, connectionId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    delete from push_hook where org_id = ${orgId} and connection_id = ${connectionId}::uuid returning id`.execute(
    db,
  )
  return rows[0]?.id
}

export interface EventRow {
  readonly at: Date
  readonly outcome: HookOutcome
  readonly repositories: readonly string[]
  readonly message: string | null
}

/** Keeps an event, and of the older ones the last few. */
export async function saveEvent(db: Db, connectionId: string, event: EventRow): Promise<void> {
  await sql`
    insert into push_event (connection_id, at, outcome, repositories, message)
    values (${connectionId}::uuid, ${event.at}, ${event.outcome}, ${storableJson(event.repositories)}::jsonb, ${event.message})`.execute(
    db,
  )
  await sql`
    delete from push_event where connection_id = ${connectionId}::uuid and id <= (
      select id from push_event where connection_id = ${connectionId}::uuid order by id desc offset ${KEPT} limit 1)`.execute(
    db,
  )
}

export async function eventsOf(db: Db, connectionId: string): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`
    select at, outcome, repositories, message from push_event where connection_id = ${connectionId}::uuid
    order by id desc limit ${KEPT}`.execute(db)
  return rows
}
