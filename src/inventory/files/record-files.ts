import { chmod, lstat, mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, newId } from '../../core/index.ts'
import { decodeRecord, encodeRecord } from './record.ts'

const HOUR = 3_600_000
const TEMPORARY = '.tmp-'
const SHARDS = 256

/**
 * Small records in 256 folders, named by the first two hex digits, shared by any number of processes: written beside and renamed,
 * so that a reader sees a whole record or none. Each folder keeps at most its share of `maxBytes`; what was read longest ago goes.
 */
export class RecordFiles {
  readonly #directory: string
  readonly #share: number
  readonly #clock: Clock

  constructor(directory: string, maxBytes: number, clock: Clock) {
    this.#directory = directory
    this.#share = maxBytes / SHARDS
    this.#clock = clock
  }

  /** @param name begins with hex digits; @returns undefined when there is none, or a damaged one */
  async read(name: string): Promise<unknown> {
    const path = this.#path(name)
    const bytes = await this.#bytes(path)
    if (bytes === undefined) return undefined
    return (await decodeRecord(name, bytes))?.value
  }

  /** Names of records that begin so. @param prefix begins with hex digits */
  async list(prefix: string): Promise<string[]> {
    const names = await readdir(this.#folder(prefix)).catch((): string[] => [])
    return names.filter((name) => name.startsWith(prefix))
  }

  async write(name: string, value: unknown): Promise<void> {
    const folder = this.#folder(name)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const temporary = join(folder, `${TEMPORARY}${newId(this.#clock.now())}`)
    try {
      await writeFile(temporary, await encodeRecord(name, value), { mode: 0o600, flag: 'wx' })
      await rename(temporary, this.#path(name))
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    await this.#evict(folder, name)
  }

  #folder(name: string): string {
    return join(this.#directory, name.slice(0, 2))
  }

  #path(name: string): string {
    return join(this.#folder(name), name)
  }

  /** Reading marks a record as used, once an hour at most. */
  async #bytes(path: string): Promise<Buffer | undefined> {
    try {
      await using file = await open(path, 'r')
      const { mtimeMs } = await file.stat()
      const now = this.#clock.now()
      if (now - mtimeMs > HOUR) await utimes(path, now / 1_000, now / 1_000).catch(() => undefined)
      return await file.readFile()
    } catch {
      return undefined
    }
  }

  /** The record just written stays, however large it is. Another process may do the same: a missing file is what was wanted. */
  async #evict(folder: string, written: string): Promise<void> {
    const names = await readdir(folder)
    const found = await Promise.all(names.map((name) => sizeAndAge(folder, name)))
    const files = found.filter((file) => file !== undefined).sort((left, right) => left.usedAt - right.usedAt)
    let total = files.reduce((sum, file) => sum + file.size, 0)
    for (const { name, size, usedAt } of files) {
      const isLeftOver = name.startsWith(TEMPORARY) && this.#clock.now() - usedAt > HOUR
      if (!isLeftOver && (total <= this.#share || name === written || name.startsWith(TEMPORARY))) continue
      await rm(join(folder, name), { force: true })
      total -= size
    }
  }
}

interface FileUse {
  readonly name: string
  readonly size: number
  readonly usedAt: number
}

async function sizeAndAge(folder: string, name: string): Promise<FileUse | undefined> {
  try {
    const { size, mtimeMs } = await stat(join(folder, name))
    return { name, size, usedAt: mtimeMs }
  } catch {
    return undefined
  }
}

/**
 * Makes the folder if it is missing, and makes it private.
 *
 * @returns why it cannot be trusted: in another user's folder anyone could have put anything. undefined when it can.
 */
export async function privateFolder(directory: string): Promise<string | undefined> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const found = await lstat(directory)
  if (!found.isDirectory()) return 'it is not a folder'
  const user = process.getuid?.()
  if (user !== undefined && found.uid !== user) return 'it belongs to another user'
  if ((found.mode & 0o077) !== 0) await chmod(directory, 0o700)
  return undefined
}
