const PAGE = 4096
const SQL = "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)"
const FILE_HEADER = 100
const LEAF = 0x0d
const INTERIOR = 0x05

/**
 * rpmdb.sqlite with its one table that counts, the same bytes whatever SQLite there is: page 1 the schema, page 2 the table's root,
 * then its leaves and their overflow pages (sqlite.org/fileformat2.html).
 * @param reserved bytes at the end of each page that are left to extensions of SQLite
 */
export function sqliteDatabase(blobs: readonly Uint8Array[], reserved = 0): Buffer {
  const file = new Pages(PAGE - reserved)
  file.add()
  file.add()
  const leaves: Leaf[] = []
  let cells: Buffer[] = []
  const flush = (lastRow: number): void => {
    if (cells.length === 0) return
    leaves.push({ cells, lastRow })
    cells = []
  }
  for (const [index, blob] of blobs.entries()) {
    const cell = tableCell(file, index + 1, record([null, Buffer.from(blob)]))
    if (8 + cells.reduce((sum, { length }) => sum + length + 2, 0) + cell.length + 2 > file.usable)
      flush(index)
    cells.push(cell)
  }
  flush(blobs.length)
  // SQLite takes an interior root with one child for damage.
  file.set(2, leaves.length < 2 ? leafPage(file, leaves[0]?.cells ?? [], 0) : interiorPage(file, leaves))
  const schema = record([
    Buffer.from('table'),
    Buffer.from('Packages'),
    Buffer.from('Packages'),
    2,
    Buffer.from(SQL),
  ])
  const first = leafPage(file, [tableCell(file, 1, schema)], FILE_HEADER)
  fileHeader(file).copy(first)
  file.set(1, first)
  return file.whole()
}

interface Leaf {
  readonly cells: readonly Buffer[]
  readonly lastRow: number
}

class Pages {
  /** Bytes of a page that hold something. */
  readonly usable: number
  readonly #pages: Buffer[] = []

  constructor(usable: number) {
    this.usable = usable
  }

  get count(): number {
    return this.#pages.length
  }

  /** The number of the new page, from 1. */
  add(page: Buffer = Buffer.alloc(PAGE)): number {
    return this.#pages.push(page)
  }

  set(number: number, page: Buffer): void {
    this.#pages[number - 1] = page
  }

  whole(): Buffer {
    return Buffer.concat(this.#pages)
  }
}

function fileHeader({ count, usable }: Pages): Buffer {
  const header = Buffer.alloc(FILE_HEADER)
  header.write('SQLite format 3\0')
  header.writeUInt16BE(PAGE, 16)
  header.set([1, 1, PAGE - usable, 64, 32, 32], 18)
  header.writeUInt32BE(1, 24)
  header.writeUInt32BE(count, 28)
  header.writeUInt32BE(1, 40)
  header.writeUInt32BE(4, 44)
  header.writeUInt32BE(1, 56)
  header.writeUInt32BE(1, 92)
  header.writeUInt32BE(3_040_001, 96)
  return header
}

/** @param before bytes of the page that lie before its own header */
function leafPage(file: Pages, cells: readonly Buffer[], before: number): Buffer {
  return pageOf(file, LEAF, cells, before, 8)
}

function interiorPage(file: Pages, leaves: readonly Leaf[]): Buffer {
  const children = leaves.map(({ cells, lastRow }) => ({ page: file.add(leafPage(file, cells, 0)), lastRow }))
  const cells = children.slice(0, -1).map(({ page, lastRow }) => {
    return Buffer.concat([uint32(page), varint(lastRow)])
  })
  const root = pageOf(file, INTERIOR, cells, 0, 12)
  root.writeUInt32BE(children.at(-1)?.page ?? 0, 8)
  return root
}

function pageOf(
  file: Pages,
  kind: number,
  cells: readonly Buffer[],
  before: number,
  headerSize: number,
): Buffer {
  const page = Buffer.alloc(PAGE)
  let end = file.usable
  for (const [index, cell] of cells.entries()) {
    end -= cell.length
    cell.copy(page, end)
    page.writeUInt16BE(end, before + headerSize + 2 * index)
  }
  if (end < before + headerSize + 2 * cells.length)
    throw new Error('too many rows for one page of this writer')
  page[before] = kind
  page.writeUInt16BE(cells.length, before + 3)
  page.writeUInt16BE(end, before + 5)
  return page
}

function tableCell(file: Pages, row: number, payload: Buffer): Buffer {
  const local = localSize(file.usable, payload.length)
  const head = [varint(payload.length), varint(row), payload.subarray(0, local)]
  if (local === payload.length) return Buffer.concat(head)
  return Buffer.concat([...head, uint32(overflow(file, payload.subarray(local)))])
}

/** Writes what does not fit from its end, so that each page knows the next. */
function overflow(file: Pages, rest: Buffer): number {
  const size = file.usable - 4
  let next = 0
  for (let at = Math.floor((rest.length - 1) / size) * size; at >= 0; at -= size) {
    const page = Buffer.alloc(PAGE)
    page.writeUInt32BE(next, 0)
    rest.copy(page, 4, at, at + size)
    next = file.add(page)
  }
  return next
}

function localSize(usable: number, size: number): number {
  const most = usable - 35
  if (size <= most) return size
  const least = Math.floor(((usable - 12) * 32) / 255) - 23
  const fitting = least + ((size - least) % (usable - 4))
  return fitting <= most ? fitting : least
}

type Value = null | number | Buffer

/** Buffers are texts in the schema, which has five columns, and blobs in the table, which has two. */
function record(values: readonly Value[]): Buffer {
  const isSchema = values.length > 2
  const types = values.map((value) => {
    if (value === null) return varint(0)
    if (typeof value === 'number') return varint(1)
    return varint(2 * value.length + (isSchema ? 13 : 12))
  })
  const header = Buffer.concat(types)
  const body = values.map((value) =>
    typeof value === 'number' ? Buffer.from([value]) : (value ?? Buffer.alloc(0)),
  )
  return Buffer.concat([varint(header.length + 1), header, ...body])
}

function varint(value: number): Buffer {
  const bytes = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest % 128) + 128)
  return Buffer.from(bytes)
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
