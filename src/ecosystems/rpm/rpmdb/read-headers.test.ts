import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  berkeleyDatabase,
  ndbDatabase,
  type RpmRow,
  rpmHeader,
  sqliteDatabase,
} from '../../../test-support/rpm-databases/index.ts'
import { RpmHeader, TAG } from './header.ts'
import { readHeaders } from './read-headers.ts'

const fixtures = join(import.meta.dirname, '../../../../test/fixtures/rpm')

function fixture(name: string): Buffer {
  return gunzipSync(readFileSync(join(fixtures, `${name}.gz`)))
}

/** In rpm's words, as make.sh asks rpm for them. */
function statedBy(content: Uint8Array): string[] {
  const none = (text: string): string => (text === '' ? '(none)' : text)
  return [...readHeaders(content)]
    .map((blob) => new RpmHeader(blob))
    .map((header) => {
      const tags = [
        TAG.version,
        TAG.release,
        TAG.arch,
        TAG.sourceRpm,
        TAG.license,
        TAG.vendor,
        TAG.modularityLabel,
      ]
      const [version = '', ...rest] = tags.map((tag) => none(header.string(tag)))
      return [header.string(TAG.name), header.integers(TAG.epoch)[0] ?? 0, version, ...rest].join('\t')
    })
    .sort()
}

function names(content: Uint8Array): string[] {
  return [...readHeaders(content)].map((blob) => new RpmHeader(blob).string(TAG.name))
}

/** Of one row and of many, short and of several pages. */
const rows: readonly RpmRow[] = Array.from({ length: 300 }, (_, index) => ({
  name: `package-${index}`,
  version: `1.${index}`,
  files: Array.from({ length: (index * index) % 811 }, (_file, at) => `/usr/lib/package-${index}/file-${at}`),
}))
const blobs = rows.map(rpmHeader)

describe('databases that rpm and Berkeley DB made', () => {
  it.each([
    'rpmdb.sqlite',
    'Packages',
    'Packages-512',
    'Packages-65536',
    'Packages-big-endian',
  ])('%s gives what rpm itself says', (name) => {
    const expected = readFileSync(join(fixtures, 'packages.tsv'), 'utf8').trim().split('\n').sort()
    expect(statedBy(fixture(name))).toEqual(expected)
  })
})

describe('SQLite', () => {
  const table = "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)"

  function written(
    pageSize: number,
    change: (database: DatabaseSync) => void = () => undefined,
    stored: readonly Buffer[] = blobs,
  ): Buffer {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-rpmdb-'))
    try {
      const file = join(folder, 'rpmdb.sqlite')
      const database = new DatabaseSync(file)
      database.exec(`PRAGMA page_size = ${pageSize}; ${table}; CREATE TABLE 'Name' (key TEXT, hnum INTEGER)`)
      const insert = database.prepare('INSERT INTO Packages (blob) VALUES (?)')
      database.exec('BEGIN')
      for (const blob of stored) insert.run(blob)
      database.exec('COMMIT')
      change(database)
      database.close()
      return readFileSync(file)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  it.each([512, 1024, 4096, 16_384, 65_536])('with pages of %d bytes, in the order of rows', (pageSize) => {
    expect([...readHeaders(written(pageSize))].map((blob) => Buffer.from(blob))).toEqual(blobs)
  })

  it.each([512, 4096])('with pages of %d bytes, rows that just fit and just do not', (pageSize) => {
    const sizes = Array.from({ length: 60 }, (_, index) => pageSize - 60 + index)
    const more = Array.from({ length: 60 }, (_, index) => 3 * pageSize - 80 + index)
    const stored = [...sizes, ...more].map((size) => Buffer.alloc(size, size % 251))
    const read = [...readHeaders(written(pageSize, undefined, stored))]
    expect(read.map((blob) => Buffer.from(blob))).toEqual(stored)
  })

  it('after rows are gone and others came', () => {
    const content = written(1024, (database) => {
      database.exec("DELETE FROM Packages WHERE hnum % 3 = 0; INSERT INTO Name VALUES ('x', 1)")
      database
        .prepare('INSERT INTO Packages (blob) VALUES (?)')
        .run(rpmHeader({ name: 'late', version: '1' }))
    })
    const kept = rows.filter((_, index) => (index + 1) % 3 !== 0).map(({ name }) => name)
    expect(names(content)).toEqual([...kept, 'late'])
  })

  it('without rows, and without the table', () => {
    expect(names(written(4096, (database) => database.exec('DELETE FROM Packages')))).toEqual([])
    const renamed = written(4096, (database) => database.exec('ALTER TABLE Packages RENAME TO Others'))
    expect(() => names(renamed)).toThrow('it has no table of packages')
  })

  it.each([
    [0, 0],
    [1, 0],
    [5, 0],
    [300, 0],
    [300, 32],
  ])('as this project writes it, %d rows and %d bytes reserved, it is sound to SQLite too', (count, reserved) => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-rpmdb-'))
    const database = new DatabaseSync(':memory:')
    try {
      const file = join(folder, 'rpmdb.sqlite')
      const content = sqliteDatabase(blobs.slice(0, count), reserved)
      writeFileSync(file, content)
      database.exec(`ATTACH '${file}' AS written`)
      expect(database.prepare('PRAGMA written.integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
      const read = database.prepare('SELECT blob FROM written.Packages ORDER BY hnum').all()
      expect(read.map(({ blob }) => Buffer.from(blob as Uint8Array))).toEqual(blobs.slice(0, count))
      expect([...readHeaders(content)].map((blob) => Buffer.from(blob))).toEqual(blobs.slice(0, count))
    } finally {
      database.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('each kind, as this project writes it', () => {
  const kinds = {
    SQLite: sqliteDatabase,
    NDB: ndbDatabase,
    'Berkeley DB': berkeleyDatabase,
    'Berkeley DB, big-endian': (list: readonly Buffer[]) =>
      berkeleyDatabase(list, { pageSize: 512, bigEndian: true }),
  }

  it.each(Object.entries(kinds))('%s', (_kind, write) => {
    expect([...readHeaders(write(blobs))].map((blob) => Buffer.from(blob))).toEqual(blobs)
    expect(names(write([]))).toEqual([])
  })

  it.each(Object.entries(kinds))('%s, cut short anywhere, is damaged', (_kind, write) => {
    const whole = write(blobs.slice(0, 20))
    for (let length = 0; length < whole.length - 4096; length += 997) {
      expect(() => names(whole.subarray(0, length)), `at ${length}`).toThrow(
        expect.objectContaining({ code: 'rpmdb-damaged' }),
      )
    }
  })
})

describe('hostile databases', () => {
  it('an overflow chain in a circle ends', () => {
    const big = rpmHeader({ name: 'big', version: '1', license: 'x'.repeat(50_000) })
    const berkeley = berkeleyDatabase([big])
    for (let page = 1; page * 4096 < berkeley.length; page += 1) berkeley.writeUInt32LE(1, page * 4096 + 16)
    expect(() => names(berkeley)).toThrow('its pages lead in a circle')
  })

  it('rows that share one overflow chain end', () => {
    const big = rpmHeader({ name: 'big', version: '1', license: 'x'.repeat(50_000) })
    const sqlite = sqliteDatabase([big, big])
    const leaf = 4096
    sqlite.writeUInt16BE(50, leaf + 3)
    for (let cell = 1; cell < 50; cell += 1) sqlite.copy(sqlite, leaf + 8 + 2 * cell, leaf + 8, leaf + 10)
    expect(() => names(sqlite)).toThrow('its rows are larger than the database')
  })

  it('a b-tree in a circle ends', () => {
    const sqlite = sqliteDatabase(blobs)
    sqlite.writeUInt32BE(2, 4096 + 8)
    expect(() => names(sqlite)).toThrow('its pages lead in a circle')
  })

  it('slots that share one package end', () => {
    const big = rpmHeader({ name: 'big', version: '1', license: 'x'.repeat(50_000) })
    const ndb = ndbDatabase([big])
    for (let slot = 3; slot < 256; slot += 1) ndb.copy(ndb, 16 * slot, 32, 48)
    expect(() => names(ndb)).toThrow('its packages lie over each other')
  })

  it('a slot that leads to another package is damage', () => {
    const ndb = ndbDatabase(blobs.slice(0, 2))
    ndb.copy(ndb, 2 * 16 + 8, 3 * 16 + 8, 3 * 16 + 12)
    expect(() => names(ndb)).toThrow('a slot of it leads to another package')
  })

  it('a text has bounds that licences do not reach', () => {
    const licensed = (length: number): Buffer =>
      rpmHeader({ name: 'a', version: '1', license: 'x'.repeat(length) })
    expect(new RpmHeader(licensed(60_000)).string(TAG.license)).toHaveLength(60_000)
    expect(() => new RpmHeader(licensed(70_000)).string(TAG.license)).toThrow(
      'a text of a package is too long',
    )
  })

  it('a text that is counted otherwise than once is damage, as to rpm', () => {
    const header = rpmHeader({ name: 'a', version: '1' })
    // The count of the first entry after the region: the name.
    header.writeUInt32BE(2, 8 + 16 + 12)
    expect(() => new RpmHeader(header)).toThrow('a package has an entry that is none')
  })

  it('what is none of them is refused', () => {
    expect(() => names(Buffer.from('nothing'))).toThrow('it is no database of rpm')
    expect(() => names(Buffer.alloc(0))).toThrow('it is no database of rpm')
  })
})
