import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKeyring } from './index.ts'
import { keysOfFile } from './key-file.ts'

describe('the key file', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'key-file-'))
    path = join(folder, 'key')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is made on first start, for its owner alone, and kept', () => {
    const [key] = keysOfFile(path)
    expect(key).toHaveLength(32)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(keysOfFile(path)).toEqual([key])
    expect(readdirSync(folder)).toEqual(['key'])
  })

  it.each([0o640, 0o604, 0o620])('is refused with mode %o', (mode) => {
    keysOfFile(path)
    chmodSync(path, mode)
    expect(() => keysOfFile(path)).toThrowError(
      expect.objectContaining({ code: 'key-file-exposed', remedy: `Run: chmod 600 ${path}` }),
    )
  })

  it.each(['', 'hello\n', 'portolan-key-v1 AAAA\n'])('is refused with the content %j', (content) => {
    writeFileSync(path, content, { mode: 0o600 })
    expect(() => keysOfFile(path)).toThrowError(expect.objectContaining({ code: 'key-file-invalid' }))
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  it('says when it cannot be read or made', () => {
    expect(() => keysOfFile(join(folder, 'missing', 'key'))).toThrowError(
      expect.objectContaining({ code: 'key-file-unreadable' }),
    )
    mkdirSync(path, { mode: 0o700 })
    expect(() => keysOfFile(path)).toThrowError(expect.objectContaining({ code: 'key-file-unreadable' }))
  })

  it('gives the server secrets of its own: stable, and different for each purpose', () => {
    const cookies = openKeyring(path).derive('session cookies').reveal()
    expect(openKeyring(path).derive('session cookies').reveal()).toBe(cookies)
    expect(openKeyring(path).derive('other').reveal()).not.toBe(cookies)
    expect(Buffer.from(cookies, 'base64url')).toHaveLength(32)
  })
})
