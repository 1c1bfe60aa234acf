import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../../core/index.ts'
import { KEY_BYTES } from './aead.ts'

/** A line of the key file. Several lines: the first seals, the others still open what they sealed. */
const line = /^portolan-key-v1 ([A-Za-z0-9+/]{43}=)$/

function refuse(code: string, publicMessage: string, remedy: string, cause?: unknown): AppError {
  return new AppError({ code, kind: 'denied', publicMessage, remedy, cause })
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

/** Writes the whole file under a name of its own first, so that no start ever reads half a key. */
function make(path: string): void {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`
  const descriptor = openSync(fresh, 'wx', 0o600)
  try {
    writeSync(descriptor, `portolan-key-v1 ${randomBytes(KEY_BYTES).toString('base64')}\n`)
    fsyncSync(descriptor)
    linkSync(fresh, path)
  } catch (error) {
    // Another process that starts now was first: its key is the key.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(descriptor)
    rmSync(fresh)
  }
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function read(path: string): string {
  const others = statSync(path).mode & 0o077
  if (others !== 0) {
    throw refuse(
      'key-file-exposed',
      `The key file ${path} can be read or changed by other users of this machine.`,
      `Run: chmod 600 ${path}`,
    )
  }
  return readFileSync(path, 'utf8')
}

/**
 * The keys of a key file, made with one new key when there is none.
 *
 * @returns 32 bytes each, the one that seals first
 * @throws AppError `key-file-exposed`, `key-file-unreadable`, `key-file-invalid` (denied)
 */
export function keysOfFile(path: string): Buffer[] {
  let text: string
  try {
    try {
      text = read(path)
    } catch (error) {
      if (!isMissing(error)) throw error
      make(path)
      text = read(path)
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw refuse(
      'key-file-unreadable',
      `The key file ${path} cannot be read or made.`,
      'Check that its folder exists and that the server may read and write there.',
      error,
    )
  }
  const keys = text.split('\n').filter((each) => each !== '')
  if (keys.length === 0 || !keys.every((each) => line.test(each))) {
    throw refuse(
      'key-file-invalid',
      `The key file ${path} is not one that Portolan made.`,
      'Put back the key file from your backup; without it the stored credentials must be entered anew.',
    )
  }
  return keys.map((each) => Buffer.from(each.replace(line, '$1'), 'base64'))
}
