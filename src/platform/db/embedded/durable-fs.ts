import { fsyncSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/** The parts of Emscripten's module that are touched here; PGlite's own types leave them out. */
interface EmscriptenModule {
  NODEFS: { stream_ops: { fsync?: (stream: { nfd?: number }) => number } }
  onAbort?: (reason: unknown) => void
}

/**
 * PGlite's files on disk, with fsync. PGlite as shipped never syncs: its file system has no fsync operation and the server
 * starts with `-F`, so that a power loss takes the whole database. `test/durability` counts the syncs and cuts the power.
 */
export class DurableFS extends NodeFS {
  readonly #onAbort: (reason: unknown) => void
  #syncs = 0

  /** @param onAbort called when the server inside gives up (a PANIC, such as a full disk while writing the log) */
  constructor(dataDir: string, onAbort: (reason: unknown) => void) {
    super(dataDir)
    this.#onAbort = onAbort
  }

  /** How many times the disk was asked to keep what it was given. */
  get syncs(): number {
    return this.#syncs
  }

  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const prepared = await super.init(...args)
    const patch = (module: EmscriptenModule): void => {
      module.onAbort = this.#onAbort
      module.NODEFS.stream_ops.fsync = (stream) => {
        // Not a file on the disk.
        if (stream.nfd === undefined) return 0
        this.#syncs += 1
        fsyncSync(stream.nfd)
        return 0
      }
    }
    prepared.emscriptenOpts.preRun?.push(patch as never)
    return prepared
  }
}

/** PGlite's own parameters without `-F`, what makes a commit wait for the disk, and little memory and log. */
export const startParams: string[] = PGlite.defaultStartParams
  .filter((parameter) => parameter !== '-F')
  .concat('-c', 'fsync=on', '-c', 'wal_sync_method=fsync')
  .concat('-c', 'shared_buffers=32MB', '-c', 'min_wal_size=32MB', '-c', 'max_wal_size=128MB')
