import { corrupt } from '../errors.ts'
import type { BlockFile } from './block-file.ts'

/** Layout: etcd bbolt page.go. A header of 16 bytes (id, flags, count, overflow), then 16 bytes an element, then the data. */
const headerSize = 16
const elementSize = 16
const branchFlag = 0x01
const leafFlag = 0x02
const bucketFlag = 0x01

/** No honest page is larger: one value, or 65,535 small elements. */
const maxPageBytes = 64 * 1024 * 1024

/** A branch or leaf page with its overflow, whose elements lie within it. Offsets are relative to the page's first byte. */
export class Page {
  readonly bytes: Buffer
  readonly isLeaf: boolean
  readonly count: number

  /** @param bytes the header and all that belongs to the page */
  constructor(bytes: Buffer) {
    const flags = bytes.length < headerSize ? 0 : bytes.readUInt16LE(8)
    if (flags !== leafFlag && flags !== branchFlag) throw corrupt('a page is neither branch nor leaf')
    this.bytes = bytes
    this.isLeaf = flags === leafFlag
    this.count = bytes.readUInt16LE(10)
    if (headerSize + this.count * elementSize > bytes.length) {
      throw corrupt('a page has more elements than room')
    }
    if (!this.isLeaf && this.count === 0) throw corrupt('a branch page is empty')
  }

  key(index: number): Buffer {
    const start = this.#keyStart(index)
    return this.bytes.subarray(start, start + this.#keySize(index))
  }

  /** Negative, zero or positive as the element's key sorts before, with or after `key`. */
  compareKey(index: number, key: Uint8Array): number {
    const start = this.#keyStart(index)
    return this.bytes.compare(key, 0, key.length, start, start + this.#keySize(index))
  }

  value(index: number): Buffer {
    const start = this.#keyStart(index) + this.#keySize(index)
    const end = start + this.bytes.readUInt32LE(elementAt(index) + 12)
    if (end > this.bytes.length) throw corrupt('a value reaches out of its page')
    return this.bytes.subarray(start, end)
  }

  isBucket(index: number): boolean {
    return (this.bytes.readUInt32LE(elementAt(index)) & bucketFlag) !== 0
  }

  /** Branch pages: id of the child page. */
  child(index: number): number {
    return readPageId(this.bytes, elementAt(index) + 8)
  }

  /** Index of the first element whose key is not before `key`; `count` when all are. */
  lowerBound(key: Uint8Array): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.compareKey(middle, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Branch pages: index of the child under which `key` stands, if anywhere. */
  childFor(key: Uint8Array): number {
    const index = this.lowerBound(key)
    if (index < this.count && this.compareKey(index, key) === 0) return index
    return Math.max(0, index - 1)
  }

  #keySize(index: number): number {
    return this.bytes.readUInt32LE(elementAt(index) + (this.isLeaf ? 8 : 4))
  }

  #keyStart(index: number): number {
    const element = elementAt(index)
    const start = element + this.bytes.readUInt32LE(element + (this.isLeaf ? 4 : 0))
    if (start + this.#keySize(index) > this.bytes.length) throw corrupt('a key reaches out of its page')
    return start
  }
}

function elementAt(index: number): number {
  return headerSize + index * elementSize
}

/** An unsigned 64-bit integer that is a page id, or no page of any file. */
export function readPageId(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset + 4) * 0x1_0000_0000 + bytes.readUInt32LE(offset)
}

/** Reads the pages of one file. */
export class PageReader {
  readonly #file: BlockFile
  readonly #pageSize: number

  constructor(file: BlockFile, pageSize: number) {
    this.#file = file
    this.#pageSize = pageSize
  }

  /** As many pages as the file can hold: no walk meets more. */
  get pageCount(): number {
    return Math.ceil(this.#file.size / this.#pageSize)
  }

  /** @throws AppError `database-corrupt` */
  page(id: number): { readonly page: Page; readonly pages: number } {
    const offset = id * this.#pageSize
    const first = this.#file.read(offset, this.#pageSize)
    if (readPageId(first, 0) !== id) throw corrupt('a page is not where it says that it is')
    const pages = first.readUInt32LE(12) + 1
    const length = pages * this.#pageSize
    if (length > maxPageBytes) throw corrupt('a page is impossibly large')
    return { page: new Page(pages === 1 ? first : this.#file.read(offset, length)), pages }
  }
}
