/**
 * The folder of databases of one kind, shared by processes without locks:
 *
 *     <sha256>/trivy.db, metadata.json, origin.json    (or the file of another kind) whole and unchanging: it comes into being by one rename
 *     current                                          JSON: which one, the one before, when a newer one was last looked for
 *     .partial-*                                       being made; removed when left behind for a day
 *
 * A folder that `current` does not name lives for a while, so that no other process loses one that it is about to name or open.
 */
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, type Clock, type Digest, digestHex, parseDigest } from '../core/index.ts'
import type { DatabaseKind } from './kind.ts'

/** Where a database came from, kept beside it. */
export interface Origin {
  readonly digest: Digest
  /** Reference of the artifact, or name of the imported file. */
  readonly source: string
}

/** What `current` says; times in milliseconds since the epoch. */
export interface Pointer {
  readonly current: Digest
  readonly previous: Digest | null
  readonly checkedAt: number
}

export const METADATA_NAME = 'metadata.json'

const originName = 'origin.json'
const pointerName = 'current'
const partialPrefix = '.partial-'
const day = 24 * 60 * 60 * 1000
const graceForUnnamed = 10 * 60 * 1000

export function databaseFolder(dir: string, digest: Digest): string {
  return join(dir, digestHex(digest))
}

/** undefined when there is none, or none that can be read. */
export function readPointer(dir: string): Pointer | undefined {
  const json = readJson(join(dir, pointerName))
  try {
    return {
      current: parseDigest(String(json?.['current'])),
      previous: json?.['previous'] ? parseDigest(String(json['previous'])) : null,
      checkedAt: Number(json?.['checkedAt']) || 0,
    }
  } catch {
    return undefined
  }
}

/** The database that is current; undefined when there is none. */
export function currentDigest(dir: string): Digest | undefined {
  return readPointer(dir)?.current
}

export function readOrigin(folder: string): Origin | undefined {
  const json = readJson(join(folder, originName))
  try {
    return { digest: parseDigest(String(json?.['digest'])), source: String(json?.['source'] ?? '') }
  } catch {
    return undefined
  }
}

/**
 * Makes a database's folder: `fill` writes its file and metadata.json, then the whole appears under its digest.
 * @param replace take the place of a folder that is there already (else that one is kept)
 */
export async function stage(
  dir: string,
  kind: DatabaseKind,
  fill: (work: string) => Promise<Origin>,
  replace: boolean,
): Promise<{ readonly folder: string; readonly origin: Origin }> {
  const work = await workFolder(dir)
  try {
    const origin = await fill(work)
    await writeFile(join(work, originName), JSON.stringify(origin), { flush: true })
    await Promise.all([kind.fileName, METADATA_NAME].map((name) => flush(join(work, name))))
    await flush(work)
    const folder = databaseFolder(dir, origin.digest)
    await settle(work, folder, replace || !(await isWhole(folder, kind)))
    await flush(dir)
    return { folder, origin }
  } catch (error) {
    throw isUnwritable(error, dir) ? unwritable(dir, error) : error
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Whether a database's files are all there. */
export async function isWhole(folder: string, kind: DatabaseKind): Promise<boolean> {
  const names = [kind.fileName, METADATA_NAME, originName]
  const found = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)))
  return found.every((file) => file?.isFile() && file.size > 0)
}

/** Points `current` at a staged database, and notes that now was looked for a newer one. */
export async function point(dir: string, digest: Digest, clock: Clock): Promise<void> {
  const before = readPointer(dir)
  const previous = before === undefined || before.current === digest ? before?.previous : before.current
  const pointer: Pointer = { current: digest, previous: previous ?? null, checkedAt: clock.now() }
  const work = await workFolder(dir)
  const file = join(work, pointerName)
  await writeFile(file, JSON.stringify(pointer), { flush: true })
  await rename(file, join(dir, pointerName))
  await rm(work, { recursive: true, force: true })
  await flush(dir)
  await prune(dir, pointer, clock)
}

/** Removes databases that nobody names any more, and what was left half-made. */
async function prune(dir: string, pointer: Pointer, clock: Clock): Promise<void> {
  const kept = new Set([pointer.current, pointer.previous].flatMap((digest) => digest ?? []).map(digestHex))
  for (const name of await readdir(dir)) {
    const isPartial = name.startsWith(partialPrefix)
    if (kept.has(name) || !(isPartial || /^[0-9a-f]{64}$/.test(name))) continue
    const path = join(dir, name)
    const changed = await stat(path).catch(() => undefined)
    const age = clock.now() - (changed?.mtimeMs ?? clock.now())
    if (age > (isPartial ? day : graceForUnnamed)) await rm(path, { recursive: true, force: true })
  }
}

async function workFolder(dir: string): Promise<string> {
  try {
    await mkdir(dir, { recursive: true })
    return await mkdtemp(join(dir, partialPrefix))
  } catch (error) {
    throw unwritable(dir, error)
  }
}

/** Moves a finished folder to its place, unless another process was faster. */
async function settle(work: string, folder: string, replace: boolean): Promise<void> {
  if (replace) {
    const aside = `${work}-replaced`
    await rename(folder, aside).catch(ignore('ENOENT'))
    await rm(aside, { recursive: true, force: true })
  }
  await rename(work, folder).catch(ignore('ENOTEMPTY', 'EEXIST'))
}

function ignore(...codes: string[]): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Error && 'code' in error && codes.includes(String(error.code)))) throw error
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function readJson(path: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const unwritableCodes = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM'])

/** Whether writing failed, not reading what is written from. */
function isUnwritable(error: unknown, dir: string): boolean {
  if (!(error instanceof Error && 'code' in error)) return false
  const path = 'path' in error ? String(error.path) : dir
  return unwritableCodes.has(String(error.code)) && path.startsWith(dir)
}

function unwritable(dir: string, cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return new AppError({
    code: 'database-folder-unwritable',
    kind: 'invalid',
    publicMessage: `No database could be written to ${dir}${code}.`,
    remedy: 'Make room there and see that this user may write, or set PORTOLAN_DATA_DIR to another folder.',
    cause,
  })
}
