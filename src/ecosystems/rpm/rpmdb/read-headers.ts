import { berkeleyHeaders, isBerkeley } from './berkeley.ts'
import { damaged } from './bytes.ts'
import { isNdb, ndbHeaders } from './ndb.ts'
import { isSqlite, sqliteHeaders } from './sqlite.ts'

/**
 * The headers of the packages in a database of rpm, each as stored (header.ts reads one), one at a time. What kind of database it
 * is, its first bytes say, never its name (Trivy's reader, knqyf263/go-rpmdb, goes by them too). All of them together are no
 * larger than the database.
 * @throws AppError `rpmdb-damaged`, while iterating too; Trivy, too, takes nothing from a damaged database
 */
export function* readHeaders(content: Uint8Array): Generator<Uint8Array> {
  let left = content.length
  for (const header of headersOf(content)) {
    left -= header.length
    if (left < 0) throw damaged('its packages lie over each other')
    yield header
  }
}

function headersOf(content: Uint8Array): Iterable<Uint8Array> {
  if (isSqlite(content)) return sqliteHeaders(content)
  if (isNdb(content)) return ndbHeaders(content)
  if (isBerkeley(content)) return berkeleyHeaders(content)
  throw damaged('it is no database of rpm')
}
