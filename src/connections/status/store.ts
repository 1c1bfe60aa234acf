import { type Kysely, sql } from 'kysely'
import type { Reason } from '../../core/index.ts'
import type { Progress } from '../ports.ts'

type Db = Kysely<unknown>

/** A discovery has begun: Syncing. */
export async function markSyncing(db: Db, orgId: string, connectionId: string): Promise<void> {
  await sql`
    update registry_connection set status = 'Syncing', status_detail = null
    where org_id = ${orgId} and id = ${connectionId} and deleted_at is null`.execute(db)
}

/** What runs for the connection now; null when nothing does. */
export async function saveProgress(
  db: Db,
  orgId: string,
  connectionId: string,
  progress: Progress | null,
): Promise<void> {
  await sql`
    update registry_connection set progress = ${progress === null ? null : { ...progress }}::jsonb
    where org_id = ${orgId} and id = ${connectionId}`.execute(db)
}

export interface Settled {
  readonly status: 'Connected' | 'Error' | 'Unknown'
  readonly reason: Reason | null
  readonly checkedAt: Date
  /** Of a discovery that went to its end; one of single repositories changes only what is missing. */
  readonly discovery?:
    | {
        readonly at: string
        readonly repositories: number
        readonly tags: number
        readonly incompleteBecause: string | null
      }
    | { readonly incompleteBecause: string | null }
}

/** How a check or a discovery ended. */
export async function settle(db: Db, orgId: string, connectionId: string, settled: Settled): Promise<void> {
  const discovery = settled.discovery ?? null
  const whole = discovery !== null && 'at' in discovery
  await sql`
    update registry_connection set status = ${settled.status}, status_detail = ${settled.reason === null ? null : { ...settled.reason }}::jsonb,
      checked_at = ${settled.checkedAt}, progress = null, last_discovery = case when ${whole} then ${discovery}::jsonb else last_discovery || coalesce(${discovery}::jsonb, '{}') end
    where org_id = ${orgId} and id = ${connectionId} and deleted_at is null`.execute(db)
}
