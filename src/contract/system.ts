import { z } from 'zod'
import { pageQuery, reason, time } from './shapes.ts'

export const session = z.object({
  user: z.object({ id: z.string(), name: z.string(), email: z.string() }),
  organisation: z.object({ id: z.string(), name: z.string() }),
  role: z.enum(['member', 'admin']),
})

/** Background work: how much of it is done. */
const workProgress = z.object({ done: z.int(), total: z.int() })

const databaseState = z.object({
  digest: z.string().nullable(),
  updatedAt: time.nullable(),
  nextUpdate: time.nullable(),
  source: z.string().nullable(),
  /** Too old to be relied on (vulnerability data: over two days, Java database: 30), or none. */
  stale: z.boolean(),
  /** One sentence: "updated 5 hours ago", "no vulnerability database yet". */
  message: z.string(),
  lastCheck: z.object({ at: time, error: reason.nullable() }).nullable(),
  updating: z.boolean(),
})

export const vulnerabilityDatabase = databaseState.extend({
  /** The database that names Java archives which do not say their name. */
  java: databaseState,
  /** What goes on because of new data or analyzers; null: nothing that is worth telling. */
  progress: z.object({
    /** Packages matched again. */
    matching: workProgress.nullable(),
    /** Images whose packages are made out anew. */
    renewing: workProgress.nullable(),
  }),
})

/** What can scan images. */
export const scanEngine = z.object({
  id: z.string(),
  label: z.string(),
  builtIn: z.boolean(),
  /** null: it can be chosen; else what is missing, and how to get it. */
  problem: reason.nullable(),
  version: z.string().nullable(),
  /** How old the vulnerability data is that it would use now; null where it does not say. */
  databaseUpdatedAt: time.nullable(),
})

export const auditEvent = z.object({
  id: z.string(),
  at: time,
  actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string() }).nullable(),
  detail: z.record(z.string(), z.unknown()),
  address: z.string().nullable(),
})
export const auditQuery = pageQuery.extend({ action: z.string().max(100).optional() })

export const scan = z.object({
  id: z.string(),
  imageId: z.int(),
  repository: z.string(),
  digest: z.string(),
  engine: z.string(),
  state: z.enum(['pending', 'scanning', 'completed', 'failed', 'cancelled']),
  attempt: z.int(),
  reason: reason.nullable(),
  requestedAt: time,
  finishedAt: time.nullable(),
})
export const scanQuery = pageQuery.extend({
  connection: z.uuid().optional(),
  state: z.enum(['pending', 'scanning', 'completed', 'failed', 'cancelled']).optional(),
})

/** Server-sent events at `/api/v1/events`: `event:` is the type, `data:` the object. "Something changed, look again." */
export const liveEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connection.changed'), connectionId: z.string() }),
  z.object({ type: z.literal('images.changed'), connectionId: z.string() }),
  z.object({ type: z.literal('findings.changed') }),
  z.object({ type: z.literal('database.changed') }),
])

export type Session = z.infer<typeof session>
export type DatabaseState = z.infer<typeof databaseState>
export type VulnerabilityDatabase = z.infer<typeof vulnerabilityDatabase>
export type ScanEngine = z.infer<typeof scanEngine>
export type AuditEvent = z.infer<typeof auditEvent>
export type Scan = z.infer<typeof scan>
export type LiveEvent = z.infer<typeof liveEvent>
