import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isAppError } from '../../core/index.ts'
import {
  berkeleyDatabase,
  ndbDatabase,
  type RpmRow,
  rpmHeader,
  sqliteDatabase,
} from '../../test-support/rpm-databases/index.ts'
import { boundMemory } from '../../test-support/memory.ts'
import { scaled } from '../../test-support/scale.ts'
import { databasesAnalyzer } from './databases-analyzer.ts'
import { manifestAnalyzer } from './manifest-analyzer.ts'
import { OwnedFiles } from './owned-files.ts'
import { packageFact } from './package-facts.ts'
import { RpmHeader } from './rpmdb/header.ts'
import { compareRpmVersions } from './version.ts'

boundMemory()

const fixtures = join(import.meta.dirname, '../../../test/fixtures/rpm')
const rounds = scaled(2_000, 1_000_000)

const rows: readonly RpmRow[] = Array.from({ length: 4 }, (_, index) => ({
  name: `package-${index}`,
  version: '1.0',
  epoch: index,
  vendor: 'Red Hat, Inc.',
  files: Array.from({ length: 40 * index }, (_file, at) => `/usr/lib/${at % 3}/file-${at}`),
}))
const blobs = rows.map(rpmHeader)

/** A small generator with a seed (mulberry32), so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Numbers where readers go wrong: nothing, one, signs, sizes of pages, the ends of ranges. */
const numbers = [
  0, 1, 2, 3, 7, 8, 13, 16, 26, 512, 4096, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
]

type Next = (below: number) => number

/** Changes a byte, or writes a number of two or four bytes in either order, or copies a part over another. */
function mutate(content: Buffer, at: number, next: Next): void {
  const value = numbers[next(numbers.length)] ?? 0
  const width = Math.min(content.length - at, next(2) === 0 ? 2 : 4)
  const kind = next(5)
  if (kind === 0 || width < 2) content[at] = next(256)
  else if (kind === 1) content.writeUIntBE(value % 2 ** (8 * width), at, width)
  else if (kind === 2) content.writeUIntLE(value % 2 ** (8 * width), at, width)
  else if (kind === 3) content[at] = (content[at] ?? 0) ^ (1 << next(8))
  else content.copyWithin(at, next(content.length), Math.min(content.length, at + next(64)))
}

/** Where the structure is: heads of pages and of headers, more often than anywhere. */
function place(content: Buffer, next: Next): number {
  const anywhere = next(content.length)
  const pageSize = next(2) === 0 ? 512 : 4096
  return next(3) === 0 ? anywhere : Math.min(content.length - 1, anywhere - (anywhere % pageSize) + next(48))
}

/** Reads changed content over and over; each time it must end, in a result or in `rpmdb-damaged`, within memory. */
function fuzz(whole: Buffer, read: (content: Buffer) => void): { readonly refused: number } {
  let refused = 0
  const content = Buffer.from(whole)
  for (let seed = 0; seed < rounds; seed += 1) {
    const next = random(seed)
    whole.copy(content)
    for (let left = next(6); left >= 0; left -= 1) mutate(content, place(content, next), next)
    const end = next(10) === 0 ? next(content.length) : content.length
    try {
      read(content.subarray(0, end))
    } catch (error) {
      if (!isAppError(error) || error.code !== 'rpmdb-damaged')
        throw new Error(`seed ${seed}`, { cause: error })
      refused += 1
    }
  }
  return { refused }
}

function fixture(name: string): Buffer {
  return gunzipSync(readFileSync(join(fixtures, `${name}.gz`)))
}

const databases = {
  'written: SQLite': sqliteDatabase(blobs),
  'written: NDB': ndbDatabase(blobs),
  'written: Berkeley DB': berkeleyDatabase(blobs, { pageSize: 512 }),
  'written: Berkeley DB, big-endian': berkeleyDatabase(blobs, { pageSize: 1024, bigEndian: true }),
  'real: Berkeley DB': fixture('Packages-512'),
  'real: Berkeley DB, big-endian': fixture('Packages-big-endian'),
}

describe('changed databases', { timeout: scaled(60_000, 7_200_000) }, () => {
  it.each(Object.entries(databases))('%s', (_kind, whole) => {
    const { refused } = fuzz(whole, (content) => databasesAnalyzer.read('x', content))
    expect(refused).toBeGreaterThan(rounds / 10)
    expect(refused).toBeLessThan(rounds)
  })

  it('headers', () => {
    const { refused } = fuzz(rpmHeader(rows[2] ?? { name: '', version: '' }), (content) => {
      const header = new RpmHeader(content)
      packageFact(header)
      new OwnedFiles().add(header)
    })
    expect(refused).toBeGreaterThan(rounds / 10)
  })

  it('lists of Distroless', () => {
    const line = 'a\t1-2\t1\t1\tMicrosoft\t(none)\t10\tx86_64\t0\ta-1-2.src.rpm\n'
    const { refused } = fuzz(Buffer.from(line.repeat(5)), (content) => manifestAnalyzer.read('x', content))
    expect(refused).toBeGreaterThan(rounds / 10)
  })

  it('versions: the order is one, whatever they hold', () => {
    for (let seed = 0; seed < rounds; seed += 1) {
      const next = random(seed)
      const [a, b, c] = [text(next), text(next), text(next)]
      expect(Math.sign(compareRpmVersions(a, b)) + Math.sign(compareRpmVersions(b, a))).toBe(0)
      if (compareRpmVersions(a, b) <= 0 && compareRpmVersions(b, c) <= 0)
        expect(compareRpmVersions(a, c), `${a} ${b} ${c}`).toBeLessThanOrEqual(0)
    }
  })
})

function text(next: Next): string {
  const alphabet = '0019az.~^-:+ é\0'
  return Array.from({ length: next(9) }, () => alphabet[next(alphabet.length)]).join('')
}
