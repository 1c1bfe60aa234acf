import { execFile } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { AppError, newId, systemClock } from '../../../core/index.ts'

const run = promisify(execFile)

/** A module beside this one that runs on its own: `.ts` in a checkout, `.js` in a compiled package. */
export function siblingModule(name: string): URL {
  return new URL(`./${name}${extname(import.meta.filename)}`, import.meta.url)
}

/** @param path a file, or a folder whose entries shall outlast a power loss */
function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    sync(join(entry.parentPath, entry.name))
  }
  sync(folder)
}

const unfinished = 'database.new-'
/** It takes about four seconds; a machine that is very busy may take long. */
const LONGEST_MS = 300_000

/**
 * The folder of the embedded database's files, made when it is not there. A new one gets its name only when it is whole
 * and on the disk, so that a start which is cut off leaves nothing that looks like a database.
 *
 * @param dataDir locked by this process
 * @throws AppError `database-not-made` (temporary)
 */
export async function databaseFolder(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'database')
  if (existsSync(folder)) return folder
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith(unfinished)) rmSync(join(dataDir, name), { recursive: true })
  }
  const fresh = join(dataDir, `${unfinished}${newId(systemClock.now())}`)
  try {
    await run(process.execPath, [fileURLToPath(siblingModule('initialise')), fresh], { timeout: LONGEST_MS })
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    throw new AppError({
      code: 'database-not-made',
      kind: 'temporary',
      publicMessage: `The database could not be made in ${dataDir}.`,
      remedy: 'Check that the disk has 200 MB free and that the folder can be written, then start again.',
      cause: error,
    })
  }
  chmodSync(fresh, 0o700)
  syncTree(fresh)
  renameSync(fresh, folder)
  sync(dataDir)
  return folder
}
