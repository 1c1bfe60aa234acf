/**
 * Background work: queues that wake workers, on pg-boss in the server's own database.
 * Knows queues, schedules, retries, draining. A job is a wake-up: what is to be done stands in the rooms' tables, so that a
 * job that runs twice or is lost does no harm. Must not know what the work is: only `app` turns rooms' functions into jobs,
 * and no room imports this one.
 */
export { createJobs, type Jobs, type JobsOptions } from './jobs.ts'
export { createTurns, type TurnOptions, type Turns } from './turns/store.ts'
export type { Job, JobContext, JobOptions, SendOptions } from './ports.ts'
