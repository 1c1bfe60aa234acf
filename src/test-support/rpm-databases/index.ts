/** Databases of rpm from short rows, each kind as rpm lays it out: what a test's image holds. The same rows give the same bytes. */
import { type RpmRow, rpmHeader } from './header.ts'
import { sqliteDatabase } from './sqlite.ts'

export type { RpmRow } from './header.ts'
export { rpmHeader } from './header.ts'
export { sqliteDatabase } from './sqlite.ts'

/** var/lib/rpm/rpmdb.sqlite (Fedora 33, RHEL 9 and later). */
export function rpmSqlite(rows: readonly RpmRow[]): Uint8Array {
  return sqliteDatabase(rows.map(rpmHeader))
}
