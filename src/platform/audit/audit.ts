import { type Clock, decodeCursor, type Page, type PageRequest, pageOf } from '../../core/index.ts'
import { type Database, inTransaction, storableJson, storableText } from '../db/index.ts'
import { type ChainedEntry, entryHash } from './chain.ts'
import { type AuditRow, auditStore } from './store.ts'

export interface AuditEntry {
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string }
  /** `noun.verb` in the past. */
  readonly action: string
  readonly target: { readonly kind: string; readonly id: string } | null
  /** Plain JSON without secrets. */
  readonly detail: Readonly<Record<string, unknown>>
  /** Where the request came from; null for what the server does by itself. */
  readonly address: string | null
}

export interface AuditEvent extends Omit<AuditEntry, 'detail'> {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly detail: Record<string, unknown>
}

/** What a check of the chain has found. */
export interface Verification {
  readonly checked: number
  /** The first entry that does not follow from those before it; null: the log is whole up to `head`. */
  readonly brokenAt: string | null
  /** Hash of the last good entry, in hex: kept elsewhere, it later shows whether the end was cut off. */
  readonly head: string | null
}

export interface AuditLog {
  append(orgId: string, entry: AuditEntry): Promise<{ readonly id: string }>
  /** Newest first. @throws AppError `cursor-invalid` (invalid) */
  list(
    orgId: string,
    query: PageRequest & { readonly action?: string | undefined },
  ): Promise<Page<AuditEvent>>
  verify(orgId: string): Promise<Verification>
}

const BATCH = 1_000

/** The entry as the database will give it back, so that its hash can be checked. */
function asStored(orgId: string, at: number, entry: AuditEntry): ChainedEntry {
  const { actor, target, address } = entry
  return {
    orgId,
    at,
    actor: { kind: actor.kind, id: storableText(actor.id), name: storableText(actor.name) },
    action: entry.action,
    target: target === null ? null : { kind: target.kind, id: storableText(target.id) },
    detail: JSON.parse(storableJson(entry.detail)) as Record<string, unknown>,
    address: address === null ? null : storableText(address),
  }
}

function toEvent({ id, at, actor, action, target, detail, address }: AuditRow): AuditEvent {
  return { id: String(id), at: new Date(at).toISOString(), actor, action, target, detail, address }
}

async function verify(database: Database, orgId: string): Promise<Verification> {
  const store = auditStore(database.lane('bulk'))
  let head: Buffer | null = null
  let checked = 0
  let last = 0
  for (;;) {
    const rows = await store.after(orgId, last, BATCH)
    for (const row of rows) {
      if (!row.hash.equals(entryHash(head, row))) {
        return { checked, brokenAt: String(row.id), head: head?.toString('hex') ?? null }
      }
      head = row.hash
      last = row.id
      checked += 1
    }
    if (rows.length < BATCH) return { checked, brokenAt: null, head: head?.toString('hex') ?? null }
  }
}

export function createAuditLog(database: Database, clock: Clock): AuditLog {
  return {
    append: (orgId, entry) =>
      inTransaction(database, 'page', async (transaction) => {
        const store = auditStore(transaction)
        await store.lock(orgId)
        const previous = await store.lastHash(orgId)
        const stored = asStored(orgId, clock.now(), entry)
        return { id: String(await store.insert(stored, previous, entryHash(previous, stored))) }
      }),

    async list(orgId, { cursor, limit, action }) {
      const [before] = decodeCursor(cursor, ['number']) ?? []
      const rows = await auditStore(database.kysely).page(orgId, { before, action, limit: limit + 1 })
      const { nextCursor, total } = pageOf(rows, limit, ({ id }) => [id], null)
      return { items: rows.slice(0, limit).map(toEvent), nextCursor, total }
    },

    verify: (orgId) => verify(database, orgId),
  }
}
