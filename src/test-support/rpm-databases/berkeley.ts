const PAGE_HEADER = 26
const HASH = 13
const OVERFLOW = 7
const META = 8

interface BerkeleyOptions {
  readonly pageSize?: number
  readonly bigEndian?: boolean
}

/**
 * Packages, a hash table of Berkeley DB (src/dbinc/db_page.h): metadata, pages of keys and values, overflow pages. For readers that
 * walk the pages: which bucket a key belongs to is left out (test/fixtures/rpm has tables that Berkeley DB wrote).
 */
export function berkeleyDatabase(
  blobs: readonly Uint8Array[],
  { pageSize = 4096, bigEndian = false }: BerkeleyOptions = {},
): Buffer {
  const file = new Pages(pageSize, bigEndian)
  const meta = file.add(META)
  // The first record counts packages; rpm keeps it where their numbers begin.
  const items: Buffer[] = [file.inPage(0), file.inPage(blobs.length)]
  for (const [index, blob] of blobs.entries()) items.push(file.inPage(index + 1), file.offPage(blob))
  const perPage = 2 * Math.floor((pageSize - PAGE_HEADER) / 21)
  for (let at = 0; at < items.length; at += perPage) file.addItems(items.slice(at, at + perPage))
  meta.set(file.uint32(0x00_06_15_61), 12)
  meta.set(file.uint32(9), 16)
  meta.set(file.uint32(pageSize), 20)
  meta.set(file.uint32(file.count - 1), 32)
  return file.whole()
}

class Pages {
  readonly #pageSize: number
  readonly #bigEndian: boolean
  readonly #pages: Buffer[] = []

  constructor(pageSize: number, bigEndian: boolean) {
    this.#pageSize = pageSize
    this.#bigEndian = bigEndian
  }

  get count(): number {
    return this.#pages.length
  }

  add(kind: number): Buffer {
    const page = Buffer.alloc(this.#pageSize)
    page.set(this.uint32(this.#pages.length), 8)
    page[25] = kind
    this.#pages.push(page)
    return page
  }

  /** A small item: its kind, its bytes. */
  inPage(value: number): Buffer {
    return Buffer.concat([Buffer.from([1]), this.uint32(value)])
  }

  /** Writes a large item to pages of its own; what stands for it in its page. */
  offPage(blob: Uint8Array): Buffer {
    const first = this.count
    const room = this.#pageSize - PAGE_HEADER
    for (let at = 0; at < blob.length; at += room) {
      const part = blob.subarray(at, at + room)
      const page = this.add(OVERFLOW)
      if (at + room < blob.length) page.set(this.uint32(this.count), 16)
      page.set(this.#uint16(part.length), 22)
      page.set(part, PAGE_HEADER)
    }
    return Buffer.concat([Buffer.from([3, 0, 0, 0]), this.uint32(first), this.uint32(blob.length)])
  }

  /** A page of items: where each lies, from the front; they themselves, from the end. */
  addItems(items: readonly Buffer[]): void {
    const page = this.add(HASH)
    let end = this.#pageSize
    for (const [index, item] of items.entries()) {
      end -= item.length
      item.copy(page, end)
      page.set(this.#uint16(end), PAGE_HEADER + 2 * index)
    }
    page.set(this.#uint16(items.length), 20)
    page.set(this.#uint16(end), 22)
  }

  whole(): Buffer {
    return Buffer.concat(this.#pages)
  }

  uint32(value: number): Buffer {
    const bytes = Buffer.alloc(4)
    if (this.#bigEndian) bytes.writeUInt32BE(value)
    else bytes.writeUInt32LE(value)
    return bytes
  }

  #uint16(value: number): Buffer {
    return this.uint32(value).subarray(this.#bigEndian ? 2 : 0, this.#bigEndian ? 4 : 2)
  }
}
