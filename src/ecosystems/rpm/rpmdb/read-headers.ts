import { berkeleyHeaders, isBerkeley } from './berkeley.ts'
import { damaged } from './bytes.ts'
import { isNdb, ndbHeaders } from './ndb.ts'
import { isSqlite, sqliteHeaders } from './sqlite.ts'

/**
 * The headers of the packages in a database of rpm, each as stored (header.ts reads one), one at a time. What kind of database it
 * is, its first bytes say, never its name (Trivy's reader, knqyf263/go-rpmdb, goes by them too).
 * @throws AppError `rpmdb-damaged`, while iterating too; Trivy, too, takes nothing from a damaged database
 */
export function readHeaders(content: Uint8Array): Iterable<Uint8Array> {
  if (isSqlite(content)) return sqliteHeaders(content)
  if (isNdb(content)) return ndbHeaders(content)
  if (isBerkeley(content)) return berkeleyHeaders(content)
  throw damaged('it is no database of rpm')
}
