import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { corrupt } from '../errors.ts'

const blockSize = 64 * 1024
const cachedBlocks = 256

/** Random access to a file of any size with bounded memory: blocks of 64 KiB, the 256 last used ones are kept (16 MiB). */
export class BlockFile {
  readonly size: number
  readonly #descriptor: number
  readonly #blocks = new Map<number, Buffer>()

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r')
    this.size = fstatSync(this.#descriptor).size
  }

  /**
   * A view of the bytes; never written to, valid for as long as it is held.
   * @throws AppError `database-corrupt` when the file does not reach so far
   */
  read(offset: number, length: number): Buffer {
    if (offset < 0 || offset + length > this.size) throw corrupt('it points behind its own end')
    const index = Math.floor(offset / blockSize)
    const start = offset - index * blockSize
    if (start + length > blockSize) return this.#pread(offset, length)
    return this.#block(index).subarray(start, start + length)
  }

  close(): void {
    this.#blocks.clear()
    closeSync(this.#descriptor)
  }

  #block(index: number): Buffer {
    const known = this.#blocks.get(index)
    if (known !== undefined) {
      this.#blocks.delete(index)
      this.#blocks.set(index, known)
      return known
    }
    const offset = index * blockSize
    const block = this.#pread(offset, Math.min(blockSize, this.size - offset))
    this.#blocks.set(index, block)
    if (this.#blocks.size > cachedBlocks) {
      for (const oldest of this.#blocks.keys()) {
        this.#blocks.delete(oldest)
        break
      }
    }
    return block
  }

  #pread(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length)
    let done = 0
    while (done < length) {
      const count = readSync(this.#descriptor, bytes, done, length - done, offset + done)
      if (count === 0) throw corrupt('it became shorter while it was read')
      done += count
    }
    return bytes
  }
}
