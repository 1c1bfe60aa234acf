import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../../core/index.ts'

/** Held while a process uses a data folder's database. */
export interface FolderLock {
  /** Lets go; a second call does nothing. */
  release(): void
}

const SQLITE_BUSY = 5
/** Of several that reach for the lock in the same moment all may stand in each other's way: one of them waits it out. */
const SETTLE_MS = 500
/** A database that nobody refers to is closed when garbage is collected, and with it goes its lock. */
const held = new Set<DatabaseSync>()

function owner(dataDir: string): string {
  try {
    const { pid, host } = JSON.parse(readFileSync(join(dataDir, 'owner.json'), 'utf8')) as Record<
      string,
      unknown
    >
    return `process ${String(pid)} on ${String(host)}`
  } catch {
    return 'another process'
  }
}

function locked(dataDir: string): AppError {
  return new AppError({
    code: 'data-folder-locked',
    kind: 'conflict',
    publicMessage: `The data folder ${dataDir} is in use by ${owner(dataDir)}.`,
    remedy: 'Stop that server first, or give this one another folder by PORTOLAN_DATA_DIR.',
  })
}

/**
 * Takes the data folder for this process alone. Two servers on one embedded database would corrupt it without an error.
 *
 * The lock is SQLite's own on an empty file: a byte-range lock that the kernel frees when the process dies by any cause, so
 * that nothing stale is ever left to judge, and that holds across containers which share the folder. No other code may open
 * `lock` in this process: closing it would let go (POSIX, fcntl).
 *
 * @throws AppError `data-folder-locked` (conflict), naming the process that has it
 */
export function lockFolder(dataDir: string): FolderLock {
  const file = new DatabaseSync(join(dataDir, 'lock'), { timeout: SETTLE_MS })
  try {
    file.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    file.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) throw locked(dataDir)
    throw error
  }
  held.add(file)
  const ownerFile = join(dataDir, 'owner.json')
  writeFileSync(ownerFile, JSON.stringify({ pid: process.pid, host: hostname() }), { mode: 0o600 })
  return {
    release: () => {
      if (!file.isOpen) return
      rmSync(ownerFile, { force: true })
      held.delete(file)
      file.close()
    },
  }
}
