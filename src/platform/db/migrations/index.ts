import type { Migration } from 'kysely/migration'
import { up as initial } from './0001-initial.ts'

/** All schema changes, in order of name. A released one is never edited; a new one is a file and a line here. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-initial': { up: initial },
}
