import { Bytes, damaged, PageBudget } from './bytes.ts'

const HASH_MAGIC = 0x00_06_15_61
const HASH_META = 8
/** The older kind is RHEL 5's. */
const HASH_PAGES = new Set([2, 13])
const OVERFLOW = 7
const IN_PAGE_ITEM = 1
const OFF_PAGE_ITEM = 3
const COUNTER_SIZE = 4
const META_SIZE = 72
const PAGE_HEADER = 26

export function isBerkeley(content: Uint8Array): boolean {
  if (content.length < META_SIZE) return false
  return [true, false].some((littleEndian) => new Bytes(content, littleEndian).u32(12) === HASH_MAGIC)
}

/**
 * The packages of Packages, a hash table of Berkeley DB (src/dbinc/db_page.h), in the order of pages. Keys and values stand in
 * turn. A value of more than a quarter of a page has pages of its own; Trivy's reader takes those only, and misses small packages
 * where pages are large. The value that is no package, rpm's counter, is smaller than any.
 * @throws AppError `rpmdb-damaged`
 */
export function* berkeleyHeaders(content: Uint8Array): Generator<Uint8Array> {
  for (const value of new BerkeleyFile(content).values()) if (value.length > COUNTER_SIZE) yield value
}

class BerkeleyFile {
  readonly #bytes: Bytes
  readonly #pageSize: number
  readonly #lastPage: number
  readonly #budget: PageBudget

  constructor(content: Uint8Array) {
    const littleEndian = new Bytes(content, true).u32(12) === HASH_MAGIC
    this.#bytes = new Bytes(content, littleEndian)
    this.#pageSize = this.#bytes.u32(20)
    this.#lastPage = this.#bytes.u32(32)
    if (this.#bytes.u8(24) !== 0) throw damaged('it is encrypted')
    if (this.#bytes.u8(25) !== HASH_META) throw damaged('it is no table of packages')
    if (this.#pageSize < 512 || this.#pageSize > 65_536 || (this.#pageSize & (this.#pageSize - 1)) !== 0)
      throw damaged('its pages have a size that is none')
    this.#budget = new PageBudget(Math.ceil(content.length / this.#pageSize))
  }

  *values(): Generator<Uint8Array> {
    for (let page = 0; page <= this.#lastPage; page += 1) {
      const start = page * this.#pageSize
      this.#bytes.slice(start, this.#pageSize)
      if (HASH_PAGES.has(this.#bytes.u8(start + 25))) yield* this.#valuesOf(start)
    }
  }

  /** Of a page at `start`: offsets from the front; items from the end, each reaching to the one before. */
  *#valuesOf(start: number): Generator<Uint8Array> {
    const items = this.#bytes.u16(start + 20)
    if (items % 2 !== 0 || PAGE_HEADER + 2 * items > this.#pageSize)
      throw damaged('a page has a key without value')
    for (let index = 1; index < items; index += 2) {
      const item = this.#bytes.u16(start + PAGE_HEADER + 2 * index)
      const end = this.#bytes.u16(start + PAGE_HEADER + 2 * (index - 1))
      const kind = this.#bytes.u8(start + item)
      if (end > this.#pageSize) throw damaged('an item leaves its page')
      if (kind === OFF_PAGE_ITEM) yield this.#offPage(this.#bytes.u32(start + item + 4))
      else if (kind === IN_PAGE_ITEM) yield this.#bytes.slice(start + item + 1, end - item - 1)
    }
  }

  /** The parts of a value, from page to page. */
  #offPage(first: number): Uint8Array {
    const parts: Uint8Array[] = []
    let next = first
    while (next !== 0) {
      this.#budget.take()
      const start = next * this.#pageSize
      if (this.#bytes.u8(start + 25) !== OVERFLOW) throw damaged('a package leads to a page of another kind')
      next = this.#bytes.u32(start + 16)
      const room = this.#pageSize - PAGE_HEADER
      // The last page states how much of it is used.
      const length = next === 0 ? this.#bytes.u16(start + 22) : room
      if (length > room) throw damaged('a package leaves its page')
      parts.push(this.#bytes.slice(start + PAGE_HEADER, length))
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
  }
}
