import { decodeText } from '../../index.ts'
import { Bytes, damaged, PageBudget } from './bytes.ts'
import { readVarint, SqliteRecord } from './sqlite-record.ts'

const MAGIC = 'SQLite format 3\0'
/** The file's header lies before page 1's own (sqlite.org/fileformat2.html, 1.3). */
const FILE_HEADER = 100
const LEAF = 0x0d
const INTERIOR = 0x05

export function isSqlite(content: Uint8Array): boolean {
  return decodeText(content.subarray(0, MAGIC.length)) === MAGIC
}

/**
 * The column `blob` of table `Packages`, in the order of rows (rpm, lib/backend/sqlite.c). Reads table b-trees with overflow pages
 * (sqlite.org/fileformat2.html, 1.6); a journal or WAL beside the file is not looked at, nor is it by Trivy.
 * @throws AppError `rpmdb-damaged`
 */
export function* sqliteHeaders(content: Uint8Array): Generator<Uint8Array> {
  const file = new SqliteFile(content)
  const { root, column } = packagesTable(file)
  for (const record of file.rows(root)) {
    const value = record.bytes(column)
    if (value === undefined) throw damaged('a row of its table has no package')
    yield value
  }
}

function packagesTable(file: SqliteFile): { readonly root: number; readonly column: number } {
  for (const row of file.rows(1)) {
    // sqlite_schema: type, name, tbl_name, rootpage, sql
    if (row.text(0) !== 'table' || row.text(1)?.toLowerCase() !== 'packages') continue
    const column = columnNames(row.text(4) ?? '').indexOf('blob')
    if (column === -1) break
    return { root: row.integer(3) ?? 0, column }
  }
  throw damaged('it has no table of packages')
}

/** Of `CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)`. */
function columnNames(sql: string): string[] {
  const start = sql.slice(0, 4096)
  const columns = start.slice(start.indexOf('(') + 1, Math.max(start.lastIndexOf(')'), 0))
  return columns.split(',').map((column) => /[\w]+/.exec(column)?.[0].toLowerCase() ?? '')
}

class SqliteFile {
  readonly #bytes: Bytes
  readonly #pageSize: number
  /** Bytes of a page without those reserved for extensions at its end. */
  readonly #usable: number
  readonly #budget: PageBudget
  /** Rows may take as many bytes as the file has: cells can lie over each other. */
  #left: number

  constructor(content: Uint8Array) {
    this.#bytes = new Bytes(content, false)
    this.#left = content.length
    const stated = this.#bytes.u16(16)
    this.#pageSize = stated === 1 ? 65_536 : stated
    this.#usable = this.#pageSize - this.#bytes.u8(20)
    if (this.#pageSize < 512 || this.#usable < 480 || (this.#pageSize & (this.#pageSize - 1)) !== 0)
      throw damaged('its pages have a size that is none')
    this.#budget = new PageBudget(Math.ceil(content.length / this.#pageSize))
  }

  /** The rows of a table, by row id. @param root number of its first page, from 1 */
  *rows(root: number): Generator<SqliteRecord> {
    const pending = [root]
    for (let page = pending.pop(); page !== undefined; page = pending.pop()) {
      const start = this.#startOf(page)
      const header = page === 1 ? start + FILE_HEADER : start
      const kind = this.#bytes.u8(header)
      if (kind !== LEAF && kind !== INTERIOR) throw damaged('a page is no part of a table')
      const cells = this.#cells(header + (kind === LEAF ? 8 : 12), this.#bytes.u16(header + 3), start)
      if (kind === LEAF) for (const cell of cells) yield this.#record(cell, start)
      else pending.push(this.#bytes.u32(header + 8), ...cells.reverse().map((cell) => this.#bytes.u32(cell)))
    }
  }

  /** Where the cells of a page begin in the file. */
  #cells(pointers: number, count: number, start: number): number[] {
    if (count > this.#pageSize / 2) throw damaged('a page has more cells than fit')
    return Array.from({ length: count }, (_, index) => start + this.#bytes.u16(pointers + 2 * index))
  }

  #record(cell: number, start: number): SqliteRecord {
    const [size, afterSize] = readVarint(this.#bytes, cell)
    const [, payload] = readVarint(this.#bytes, afterSize)
    this.#left -= size
    if (this.#left < 0) throw damaged('its rows are larger than the database')
    const local = this.#localSize(size)
    if (payload + local > start + this.#pageSize) throw damaged('a row leaves its page')
    if (local === size) return new SqliteRecord(this.#bytes.slice(payload, size))
    const whole = new Uint8Array(size)
    whole.set(this.#bytes.slice(payload, local))
    this.#readOverflow(this.#bytes.u32(payload + local), whole, local)
    return new SqliteRecord(whole)
  }

  #readOverflow(first: number, whole: Uint8Array, from: number): void {
    let page = first
    for (let at = from; at < whole.length; at += this.#usable - 4) {
      const start = this.#startOf(page)
      const length = Math.min(whole.length - at, this.#usable - 4)
      whole.set(this.#bytes.slice(start + 4, length), at)
      page = this.#bytes.u32(start)
    }
  }

  /** How much of a payload lies on its own page (fileformat2.html, 1.6, "table b-tree leaf cell"). */
  #localSize(size: number): number {
    const most = this.#usable - 35
    if (size <= most) return size
    const least = Math.floor(((this.#usable - 12) * 32) / 255) - 23
    const fitting = least + ((size - least) % (this.#usable - 4))
    return fitting <= most ? fitting : least
  }

  #startOf(page: number): number {
    this.#budget.take()
    if (page < 1) throw damaged('it points to a page that is none')
    return (page - 1) * this.#pageSize
  }
}
