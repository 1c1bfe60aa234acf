import { z } from 'zod'
import { time } from './shapes.ts'

/** What arrived at a connection's address. */
export const notificationEvent = z.object({
  at: time,
  /** `accepted` started a discovery of these repositories; `ignored` concerns no image. */
  outcome: z.enum(['accepted', 'ignored', 'refused', 'invalid']),
  repositories: z.array(z.string()),
  message: z.string().nullable(),
})

/** How a connection is told of pushes. */
export const connectionNotifications = z.object({
  /** false: the platform tells nobody. */
  supported: z.boolean(),
  proof: z.string().nullable(),
  /** `{address}` and `{secret}` stand for what follows. */
  steps: z.array(z.string()),
  sample: z.object({ label: z.string(), text: z.string() }).nullable(),
  /** null until one is made; begins with / where the server was not told its own address. */
  address: z.string().nullable(),
  secret: z.string().nullable(),
  createdAt: time.nullable(),
  events: z.array(notificationEvent),
})
export type ConnectionNotifications = z.output<typeof connectionNotifications>
