import { type Generated, type Kysely, sql } from 'kysely'
import type { ChainedEntry } from './chain.ts'

type Tables = {
  audit_event: {
    id: Generated<number>
    org_id: string
    at: Date
    actor_kind: string
    actor_id: string
    actor_name: string
    action: string
    target_kind: string | null
    target_id: string | null
    /** JSON object. */
    detail: unknown
    address: string | null
    previous_hash: Buffer | null
    hash: Buffer
  }
}

export interface AuditRow extends ChainedEntry {
  readonly id: number
  readonly previousHash: Buffer | null
  readonly hash: Buffer
}

export interface AuditPage {
  /** Only entries before this one. */
  readonly before: number | undefined
  readonly action: string | undefined
  readonly limit: number
}

function toRow(row: Awaited<ReturnType<typeof selectAll>>[number]): AuditRow {
  const { target_kind: kind, target_id: id } = row
  return {
    id: row.id,
    orgId: row.org_id,
    at: row.at.getTime(),
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    action: row.action,
    target: kind === null || id === null ? null : { kind, id },
    detail: row.detail as Record<string, unknown>,
    address: row.address,
    previousHash: row.previous_hash,
    hash: row.hash,
  }
}

const selectAll = (db: Kysely<Tables>) => db.selectFrom('audit_event').selectAll().execute()

/** All SQL of this room. */
export function auditStore(database: Kysely<unknown>) {
  const db = database.withTables<Tables>()
  return {
    /** Until the transaction ends, nobody else appends to this organisation's log. */
    async lock(orgId: string): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`audit ${orgId}`}, 0))`.execute(db)
    },

    async lastHash(orgId: string): Promise<Buffer | null> {
      const last = db.selectFrom('audit_event').select('hash').where('org_id', '=', orgId)
      return (await last.orderBy('id', 'desc').limit(1).executeTakeFirst())?.hash ?? null
    },

    async insert(entry: ChainedEntry, previousHash: Buffer | null, hash: Buffer): Promise<number> {
      const { orgId, at, actor, action, target, detail, address } = entry
      const { id } = await db
        .insertInto('audit_event')
        .values({
          org_id: orgId,
          at: new Date(at),
          actor_kind: actor.kind,
          actor_id: actor.id,
          actor_name: actor.name,
          action,
          target_kind: target?.kind ?? null,
          target_id: target?.id ?? null,
          detail,
          address,
          previous_hash: previousHash,
          hash,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      return id
    },

    /** Newest first. */
    async page(orgId: string, { before, action, limit }: AuditPage): Promise<AuditRow[]> {
      let rows = db.selectFrom('audit_event').selectAll().where('org_id', '=', orgId)
      if (before !== undefined) rows = rows.where('id', '<', before)
      if (action !== undefined) rows = rows.where('action', '=', action)
      return (await rows.orderBy('id', 'desc').limit(limit).execute()).map(toRow)
    },

    /** Oldest first, after an entry. */
    async after(orgId: string, id: number, limit: number): Promise<AuditRow[]> {
      const rows = db.selectFrom('audit_event').selectAll().where('org_id', '=', orgId).where('id', '>', id)
      return (await rows.orderBy('id').limit(limit).execute()).map(toRow)
    },
  }
}
