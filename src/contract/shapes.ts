import { z } from 'zod'

/** Shapes that several resources share. Times are RFC 3339 in UTC. */
export const time = z.iso.datetime()
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
export const severity = z.enum(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'UNKNOWN'])
export const severityCounts = z.object({
  CRITICAL: z.int(),
  HIGH: z.int(),
  MEDIUM: z.int(),
  LOW: z.int(),
  UNKNOWN: z.int(),
})

/** A row's number in an address: what no row can have is refused, not asked for (PostgreSQL's `integer`). */
export const rowId = z.coerce.number().int().min(1).max(2_147_483_647)

/** RFC 9457, with our code and what to do about it. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  remedy: z.string().optional(),
  /** Where a body or query is wrong: path of the field → what is wrong with it. */
  fields: z.record(z.string(), z.string()).optional(),
})

/** Why something failed, as it is shown under a badge. */
export const reason = z.object({ code: z.string(), message: z.string(), remedy: z.string().nullable() })

/** Query of every list: keyset paging. */
export const pageQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** A page: `nextCursor` is null on the last one; `total` is a number up to 10,000, else "10,000+". */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.string().nullable() })
}

/** `a,b` → ['a', 'b'] */
export function list<T extends z.ZodType<string, string>>(item: T) {
  return z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(item))
}

export type Severity = z.infer<typeof severity>
export type SeverityCounts = z.infer<typeof severityCounts>
export type Problem = z.infer<typeof problem>
export type Reason = z.infer<typeof reason>
