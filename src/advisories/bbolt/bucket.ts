import { corrupt } from '../errors.ts'
import { Page, type PageReader, readPageId } from './page.ts'

export interface Entry {
  readonly key: Buffer
  /** Of a bucket: its header; open it with `bucketOf`. */
  readonly value: Buffer
  readonly isBucket: boolean
}

/** A tree of 32 levels holds more than any file. */
const maxDepth = 32
const bucketHeaderSize = 16

/** Counts the pages that a walk may still visit: each page stands in a tree once, so more means that it goes in circles. */
export class Walk {
  #left: number

  constructor(reader: PageReader) {
    this.#left = reader.pageCount
  }

  visit(pages: number): void {
    this.#left -= pages
    if (this.#left < 0) throw corrupt('its pages go in circles')
  }
}

/** A bucket of a bbolt file, read on demand. All methods throw AppError `database-corrupt` where pages lie. */
export class Bucket {
  readonly #reader: PageReader
  /** Page id of the root, or the root itself where the bucket stands inline in its parent (bucket.go `openBucket`). */
  readonly #root: number | Page

  constructor(reader: PageReader, root: number | Page) {
    this.#reader = reader
    this.#root = root
  }

  /** Whether it stands within its parent, without pages of its own. */
  get isInline(): boolean {
    return typeof this.#root !== 'number'
  }

  /** The key's value; undefined when there is none, or a bucket. */
  get(key: string | Uint8Array): Buffer | undefined {
    const entry = this.#find(key)
    return entry === undefined || entry.isBucket ? undefined : entry.value
  }

  bucket(key: string | Uint8Array): Bucket | undefined {
    const entry = this.#find(key)
    return entry === undefined || !entry.isBucket ? undefined : this.bucketOf(entry)
  }

  /** The bucket that an entry of this bucket stands for. */
  bucketOf(entry: Entry): Bucket {
    if (entry.value.length < bucketHeaderSize) throw corrupt('a bucket has no header')
    const root = readPageId(entry.value, 0)
    return new Bucket(this.#reader, root === 0 ? new Page(entry.value.subarray(bucketHeaderSize)) : root)
  }

  /**
   * Entries in key order.
   * @param from where to begin: the first key that is not before it
   * @param walk shared by walks that together may visit each page once
   */
  *entries(from?: string | Uint8Array, walk = new Walk(this.#reader)): Generator<Entry> {
    const start = from === undefined ? undefined : Buffer.from(from)
    let last: Buffer | undefined
    for (const { page, index: first } of this.#leaves(start, walk)) {
      for (let index = first; index < page.count; index += 1) {
        const key = page.key(index)
        if (last !== undefined && Buffer.compare(last, key) >= 0) throw corrupt('its keys are out of order')
        last = key
        yield { key, value: page.value(index), isBucket: page.isBucket(index) }
      }
    }
  }

  #find(text: string | Uint8Array): Entry | undefined {
    const key = typeof text === 'string' ? Buffer.from(text) : text
    let page = this.#rootPage()
    for (let depth = 0; !page.isLeaf; depth += 1) {
      if (depth === maxDepth) throw corrupt('a tree is impossibly deep')
      page = this.#reader.page(page.child(page.childFor(key))).page
    }
    const index = page.lowerBound(key)
    if (index === page.count || page.compareKey(index, key) !== 0) return undefined
    return { key: page.key(index), value: page.value(index), isBucket: page.isBucket(index) }
  }

  *#leaves(from: Buffer | undefined, walk: Walk): Generator<{ page: Page; index: number }> {
    const start = (page: Page, key: Buffer | undefined): { page: Page; index: number } => {
      if (key === undefined) return { page, index: 0 }
      return { page, index: page.isLeaf ? page.lowerBound(key) : page.childFor(key) }
    }
    let seek = from
    const stack = [start(this.#rootPage(walk), seek)]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (top.page.isLeaf || top.index === top.page.count) {
        stack.pop()
        if (!top.page.isLeaf) continue
        seek = undefined
        yield top
        continue
      }
      if (stack.length > maxDepth) throw corrupt('a tree is impossibly deep')
      const { page, pages } = this.#reader.page(top.page.child(top.index))
      walk.visit(pages)
      top.index += 1
      stack.push(start(page, seek))
    }
  }

  #rootPage(walk?: Walk): Page {
    if (typeof this.#root !== 'number') return this.#root
    const { page, pages } = this.#reader.page(this.#root)
    walk?.visit(pages)
    return page
  }
}
