/** Databases of rpm from short rows, each kind as rpm lays it out: what a test's image holds. The same rows give the same bytes. */
import { berkeleyDatabase } from './berkeley.ts'
import { type RpmRow, rpmHeader } from './header.ts'
import { ndbDatabase } from './ndb.ts'
import { sqliteDatabase } from './sqlite.ts'

export { berkeleyDatabase } from './berkeley.ts'
export { type RpmRow, rpmHeader } from './header.ts'
export { ndbDatabase } from './ndb.ts'
export { sqliteDatabase } from './sqlite.ts'

/** var/lib/rpm/rpmdb.sqlite (Fedora 33, RHEL 9 and later). */
export function rpmSqlite(rows: readonly RpmRow[]): Uint8Array {
  return sqliteDatabase(rows.map(rpmHeader))
}

/** usr/lib/sysimage/rpm/Packages.db (SUSE). */
export function rpmNdb(rows: readonly RpmRow[]): Uint8Array {
  return ndbDatabase(rows.map(rpmHeader))
}

/** var/lib/rpm/Packages (RHEL 8 and before, Amazon Linux 2). */
export function rpmBerkeley(rows: readonly RpmRow[]): Uint8Array {
  return berkeleyDatabase(rows.map(rpmHeader))
}
