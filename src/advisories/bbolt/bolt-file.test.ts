import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../core/index.ts'
import { boundMemory } from '../../test-support/memory.ts'
import { scaled } from '../../test-support/scale.ts'
import { goBbolt, NO_GO_NOTE } from '../../test-support/vulnerability-database/go-bbolt.ts'
import { type BoltBucket, fnv64a, writeBolt } from '../../test-support/vulnerability-database/index.ts'
import { BoltFile } from './bolt-file.ts'
import type { Bucket } from './bucket.ts'

boundMemory()

const directory = mkdtempSync(join(tmpdir(), 'portolan-bbolt-'))
const path = join(directory, 'test.db')
const go = goBbolt()

function open(bytes: Uint8Array): BoltFile {
  writeFileSync(path, bytes)
  return new BoltFile(path)
}

function dump(bucket: Bucket, at = ''): string[] {
  return Array.from(bucket.entries()).flatMap((entry) => {
    const name = `${at}${at === '' ? '' : '/'}${entry.key.toString('hex')}`
    if (entry.isBucket) return dump(bucket.bucketOf(entry), name)
    return [`${name} ${entry.value.length} ${fnv64a(entry.value).toString(16).padStart(16, '0')}`]
  })
}

const numbered = (count: number, value = 'v'): BoltBucket =>
  new Map(Array.from({ length: count }, (_, index) => [`key-${String(index).padStart(5, '0')}`, value]))

/** Every kind of bucket and page; the size decides how many there are. */
const database = (size: number): BoltBucket =>
  new Map<string, BoltBucket>([
    ['debian 12', new Map([['openssl', new Map([['CVE-2024-1', '{"FixedVersion":"3.0"}']])]])],
    ['many', numbered(size)],
    ['large', new Map([['value', 'x'.repeat(size * 7)]])],
    ['nested', new Map([['a', new Map([['b', numbered(size / 8)]])]])],
  ])

const sample = database(3000)

describe.skipIf(go === undefined)(
  `files written by Go's bbolt (${go === undefined ? NO_GO_NOTE : 'found'})`,
  () => {
    it('reads the same keys and values as Go does', async () => {
      const file = join(directory, 'go.db')
      go?.write(file, 2000)
      const bolt = new BoltFile(file)
      const expected = go?.dump(file) ?? []
      expect(expected.length).toBeGreaterThan(5000)
      expect(dump(bolt.root)).toEqual(expected)
      expect(await bolt.check()).toBe(expected.length)
      bolt.close()
    })

    it('finds each key by itself, and none that is not there', () => {
      const file = join(directory, 'go-get.db')
      go?.write(file, 300)
      const bolt = new BoltFile(file)
      const details = bolt.root.bucket('vulnerability')
      const keys = Array.from(details?.entries() ?? [], (entry) => entry.key.toString())
      for (const key of keys) {
        expect(details?.get(key)).toBeDefined()
        expect(details?.get(`${key}0`)).toBeUndefined()
      }
      expect(details?.get('CVE-2026-000002')).toBeUndefined()
      bolt.close()
    })
  },
)

describe('BoltFile', () => {
  it('tells buckets from values', () => {
    const bolt = open(writeBolt(sample))
    expect(bolt.root.get('many')).toBeUndefined()
    expect(bolt.root.bucket('many')?.bucket('key-00000')).toBeUndefined()
    expect(bolt.root.bucket('large')?.get('value')?.length).toBe(21_000)
    bolt.close()
  })

  it('begins a walk at a key, present or not', () => {
    const bolt = open(writeBolt(sample, { pageSize: 1024 }))
    const from = (key: string): string[] =>
      Array.from(bolt.root.bucket('many')?.entries(key) ?? [], (entry) => entry.key.toString())
    expect(from('key-02998')).toEqual(['key-02998', 'key-02999'])
    expect(from('key-02998x')).toEqual(['key-02999'])
    expect(from('z')).toEqual([])
    expect(from('')).toHaveLength(3000)
    for (let index = 0; index < 3000; index += 97) {
      expect(from(`key-${String(index).padStart(5, '0')}`)).toHaveLength(3000 - index)
    }
    bolt.close()
  })

  it('takes the other head page where one is damaged, and the newer of two', () => {
    const bytes = Buffer.from(writeBolt(sample))
    for (const meta of [0, 4096]) {
      const damaged = Buffer.from(bytes)
      damaged.writeUInt8(1, meta + 40)
      const bolt = open(damaged)
      expect(bolt.root.bucket('many')?.get('key-00007')?.toString()).toBe('v')
      bolt.close()
    }
  })
})

/** Everything that a reader may do with a file; it must come to an end, with a result or with `database-corrupt`. */
async function exercise(bytes: Uint8Array): Promise<'read' | 'refused'> {
  let bolt: BoltFile | undefined
  try {
    bolt = open(bytes)
    for (const name of ['debian 12', 'many', 'large', 'nested', 'absent']) {
      const bucket = bolt.root.bucket(name)
      bucket?.get('value')
      bucket?.bucket('openssl')?.get('CVE-2024-1')
      for (const entry of bucket?.entries('key-00100') ?? []) entry.key.toString()
    }
    await bolt.check()
    return 'read'
  } catch (error) {
    if (error instanceof AppError && error.code === 'database-corrupt') return 'refused'
    throw error
  } finally {
    bolt?.close()
  }
}

describe('a hostile file', { timeout: scaled(60_000, 7_200_000) }, () => {
  const pageSize = 1024
  const whole = Buffer.from(writeBolt(sample, { pageSize }))
  const pages = whole.length / pageSize

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

  it('may be cut anywhere', async () => {
    const step = Math.ceil(whole.length / scaled(200, 5000))
    for (let length = 0; length < whole.length - 2 * pageSize; length += step) {
      expect(await exercise(whole.subarray(0, length))).toBe('refused')
    }
  })

  it('may have any bytes changed', async () => {
    // Small, so that each change tells: some twenty pages, of every kind.
    const small = Buffer.from(writeBolt(database(400), { pageSize }))
    let refused = 0
    const rounds = scaled(2_000, 1_000_000)
    for (let seed = 0; seed < rounds; seed += 1) {
      const next = random(seed)
      const bytes = Buffer.from(small)
      const changes = 1 + next(8)
      for (let change = 0; change < changes; change += 1) {
        // Heads of pages and elements, where a lie does most harm.
        const offset =
          (2 + next(small.length / pageSize - 2)) * pageSize + next(next(2) === 0 ? 64 : pageSize)
        bytes.writeUInt8(next(256), offset)
      }
      if ((await exercise(bytes)) === 'refused') refused += 1
    }
    expect(refused).toBeGreaterThan(rounds / 4)
  })

  it('may have pages that point anywhere, and in circles', async () => {
    const branches = Array.from({ length: pages }, (_, page) => page).filter(
      (page) => page > 2 && whole.readUInt16LE(page * pageSize + 8) === 1,
    )
    expect(branches.length).toBeGreaterThan(1)
    for (const branch of branches) {
      const count = whole.readUInt16LE(branch * pageSize + 10)
      for (let target = 0; target <= pages; target += 1) {
        const bytes = Buffer.from(whole)
        // Every child of the branch is the same page: exponential for a reader that does not count.
        for (let element = 0; element < count; element += 1) {
          bytes.writeBigUInt64LE(BigInt(target), branch * pageSize + 16 + element * 16 + 8)
        }
        expect(await exercise(bytes)).toBe('refused')
      }
    }
  })

  it('may have buckets within themselves', async () => {
    const bytes = Buffer.from(whole)
    const root = Number(bytes.readBigUInt64LE(32))
    for (let element = 0; element < bytes.readUInt16LE(root * pageSize + 10); element += 1) {
      const at = root * pageSize + 16 + element * 16
      const value = at + bytes.readUInt32LE(at + 4) + bytes.readUInt32LE(at + 8)
      bytes.writeBigUInt64LE(BigInt(root), value)
    }
    expect(await exercise(bytes)).toBe('refused')
  })

  it('may reach the same buckets by exponentially many ways', async () => {
    const level = (depth: number): BoltBucket =>
      depth === 0
        ? new Map()
        : new Map([
            ['a', level(depth - 1)],
            ['b', new Map()],
          ])
    const bytes = Buffer.from(writeBolt(level(50), { pageSize, inline: false }))
    for (let page = 3; page < bytes.length / pageSize; page += 1) {
      const leaf = page * pageSize
      if (bytes.readUInt16LE(leaf + 10) !== 2) continue
      const value = (element: number): number => {
        const at = leaf + 16 + element * 16
        return at + bytes.readUInt32LE(at + 4) + bytes.readUInt32LE(at + 8)
      }
      bytes.copy(bytes, value(1), value(0), value(0) + 8)
    }
    expect(await exercise(bytes)).toBe('refused')
  })

  it('may claim huge sizes', async () => {
    for (const value of [0x7fff_ffff, 0xffff_ffff]) {
      for (let page = 3; page < pages; page += scaled(4, 1)) {
        for (const offset of [12, 20, 24, 28]) {
          const bytes = Buffer.from(whole)
          bytes.writeUInt32LE(value, page * pageSize + offset)
          await exercise(bytes)
        }
      }
    }
  })

  it('is not a bbolt file at all', async () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.alloc(100),
      Buffer.alloc(1 << 16),
      Buffer.from('PK\u0003\u0004'),
    ]) {
      expect(await exercise(bytes)).toBe('refused')
    }
  })
})
