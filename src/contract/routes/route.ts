import { z } from 'zod'
import { rowId } from '../shapes.ts'

/** Who may call a route: anyone signed in to the organisation, or only those who administer it. */
export type Policy = 'member' | 'admin'

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Under `/api/v1`; `:id` as in Fastify. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly policy: Policy
  /** Audit action of a route that changes state: `noun.verb` in the past. */
  readonly audit?: string
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** Bytes of the body, where the usual limit is too small. */
  readonly bodyLimit?: number
  readonly status: 200 | 201 | 202 | 204
  readonly response?: z.ZodType
  /** What the route tells of its work while it lasts, to clients that accept `application/x-ndjson` (`lines.ts`). */
  readonly progress?: z.ZodType
}

export const uuid = z.object({ id: z.uuid() })
export const int = z.object({ id: rowId })
export const text = z.object({ id: z.string().max(300) })
