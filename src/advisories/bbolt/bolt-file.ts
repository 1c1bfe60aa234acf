import { setImmediate } from 'node:timers/promises'
import { corrupt } from '../errors.ts'
import { BlockFile } from './block-file.ts'
import { Bucket, Walk } from './bucket.ts'
import { readMeta } from './meta.ts'
import { PageReader } from './page.ts'

const maxNesting = 64
/** About 10 ms of work. */
const keysInOneTurn = 10_000

/**
 * A bbolt file (etcd bbolt, on-disk version 2), open for reading only and safe against whatever stands in it: a truncated,
 * cyclic or lying file gives an error after work that is bounded by its size, never a hang, a crash or a foreign byte.
 */
export class BoltFile {
  /** The bucket of top-level buckets. */
  readonly root: Bucket
  readonly #file: BlockFile
  readonly #reader: PageReader

  /** @throws AppError `database-corrupt` (invalid), or the file system's error */
  constructor(path: string) {
    this.#file = new BlockFile(path)
    try {
      const meta = readMeta(this.#file)
      this.#reader = new PageReader(this.#file, meta.pageSize)
      this.root = new Bucket(this.#reader, meta.root)
    } catch (error) {
      this.#file.close()
      throw error
    }
  }

  /**
   * Reads every page, with pauses for others' work, and gives the number of keys that are not buckets.
   * @throws AppError `database-corrupt`
   */
  async check(): Promise<number> {
    let keys = 0
    for (const _ of walkKeys(this.root, new Walk(this.#reader), 0)) {
      keys += 1
      if (keys % keysInOneTurn === 0) await setImmediate()
    }
    return keys
  }

  close(): void {
    this.#file.close()
  }
}

function* walkKeys(bucket: Bucket, walk: Walk, nesting: number): Generator<undefined> {
  if (nesting > maxNesting) throw corrupt('its buckets are nested too deep')
  for (const entry of bucket.entries(undefined, walk)) {
    if (entry.isBucket) yield* walkKeys(bucket.bucketOf(entry), walk, nesting + 1)
    else yield
  }
}
