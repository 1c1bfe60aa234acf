/**
 * The engine's folders, all with mode 0700:
 *
 *     db-<sha256>/       a copy of a vulnerability database of ours: Trivy opens it for writing, ours must never change
 *     cache/             what Trivy fetches by itself: its database where we have none, its Java database
 *     run-*              one scan: the image, its cache, its home; removed when the scan ends, whatever its end
 */
import { constants } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, type Digest, digestHex } from '../../core/index.ts'

const DAY = 24 * 60 * 60 * 1000
const DATABASE_FILES = ['trivy.db', 'metadata.json']
/** Databases kept: the one in use, and the one before for scans under way. */
const KEPT = 2

/** A vulnerability database of ours. */
export interface TrivyDatabase {
  /** With trivy.db and metadata.json. */
  readonly folder: string
  readonly digest: Digest
  /** Milliseconds since the epoch. */
  readonly updatedAt: number
  /** With trivy-java.db and metadata.json, where there is one. */
  readonly javaFolder?: string
}

export interface RunFolder {
  /** Trivy's working and home folder. */
  readonly home: string
  readonly layout: string
  readonly cache: string
  readonly temp: string
}

/**
 * Gives a run its folders and takes them away afterwards. Left-overs of killed processes are swept after a day.
 *
 * @param database undefined: Trivy fetches its own
 */
export async function withRunFolder<T>(
  dir: string,
  clock: Clock,
  database: TrivyDatabase | undefined,
  use: (folder: RunFolder) => Promise<T>,
): Promise<T> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await sweep(dir, clock)
  const home = await mkdtemp(join(dir, 'run-'))
  try {
    const folder = { home, layout: join(home, 'image'), cache: join(home, 'cache'), temp: join(home, 'tmp') }
    for (const path of [folder.layout, folder.cache, folder.temp]) await mkdir(path, { mode: 0o700 })
    await link(await databaseFor(dir, clock, database), join(folder.cache, 'db'))
    await link(await javaFor(dir, database), join(folder.cache, 'java-db'))
    return await use(folder)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function link(target: string, path: string): Promise<void> {
  await symlink(target, path, 'dir')
}

async function databaseFor(dir: string, clock: Clock, database: TrivyDatabase | undefined): Promise<string> {
  if (database !== undefined) return copyOf(dir, clock, database)
  return made(join(dir, 'cache', 'db'))
}

async function javaFor(dir: string, database: TrivyDatabase | undefined): Promise<string> {
  return database?.javaFolder ?? made(join(dir, 'cache', 'java-db'))
}

async function made(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** Made once for each database, by one rename; shares the disk's blocks where the file system can. */
async function copyOf(dir: string, clock: Clock, { folder, digest }: TrivyDatabase): Promise<string> {
  const copy = join(dir, `db-${digestHex(digest)}`)
  if (await isThere(copy)) return copy
  const work = await mkdtemp(join(dir, 'run-'))
  try {
    for (const name of DATABASE_FILES) {
      await copyFile(join(folder, name), join(work, name), constants.COPYFILE_FICLONE)
    }
    // Another process may have been faster.
    await rename(work, copy).catch(async (error: unknown) => {
      if (!(await isThere(copy))) throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  await forgetOld(dir, clock)
  return copy
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

async function forgetOld(dir: string, clock: Clock): Promise<void> {
  const copies = await timed(dir, 'db-')
  for (const { path, changed } of copies.slice(KEPT)) {
    if (clock.now() - changed > DAY) await rm(path, { recursive: true, force: true })
  }
}

async function sweep(dir: string, clock: Clock): Promise<void> {
  for (const { path, changed } of await timed(dir, 'run-')) {
    if (clock.now() - changed > DAY) await rm(path, { recursive: true, force: true })
  }
}

/** Newest first. */
async function timed(dir: string, prefix: string): Promise<{ path: string; changed: number }[]> {
  const names = (await readdir(dir)).filter((name) => name.startsWith(prefix))
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(dir, name)
      return { path, changed: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 }
    }),
  )
  return found.sort((left, right) => right.changed - left.changed)
}
