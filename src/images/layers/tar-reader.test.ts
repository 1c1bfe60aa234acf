import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeTar } from '../../test-support/image-builder/index.ts'
import { boundMemory } from '../../test-support/memory.ts'
import { scaled } from '../../test-support/scale.ts'
import { cleanPath } from './path.ts'
import { TarError } from './tar-header.ts'
import { type TarEntry, TarReader } from './tar-reader.ts'

boundMemory()

interface Seen extends Pick<TarEntry, 'name' | 'type' | 'size' | 'target' | 'sparse'> {
  readonly content: string
}

function readTar(bytes: Uint8Array, chunkSize = 10_000, maxBody = 10_000): Seen[] {
  const seen: Seen[] = []
  const show = ({ name, type, size, target, sparse }: TarEntry, content: string): void => {
    seen.push({ name, type, size, target, sparse, content })
  }
  const reader = new TarReader(
    {
      entry(entry) {
        if (entry.type === 'file' && !entry.sparse && entry.size <= maxBody) return 'body'
        show(entry, '')
        return 'skip'
      },
      head: () => undefined,
      body: (entry, content) => show(entry, content.toString('latin1')),
    },
    { maxEntries: 1_000, maxPathLength: 4_096 },
  )
  for (let offset = 0; offset < bytes.length; offset += chunkSize) {
    reader.push(
      Buffer.from(bytes.buffer, bytes.byteOffset + offset, Math.min(chunkSize, bytes.length - offset)),
    )
  }
  reader.end()
  return seen
}

describe('what GNU tar writes', () => {
  let folder: string
  const long = `${'long-name-'.repeat(9)}/${'x'.repeat(150)}`
  const names = ['plain', 'folder/inner', long, 'ünï/ço∂é', 'sparse', 'linked', 'hard']

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tar-'))
    for (const name of names.slice(0, 4)) {
      mkdirSync(join(folder, name, '..'), { recursive: true })
      writeFileSync(join(folder, name), `content of ${name}`)
    }
    writeFileSync(join(folder, 'sparse'), 'begin')
    truncateSync(join(folder, 'sparse'), 50_000_000)
    execFileSync('ln', ['-s', long, join(folder, 'linked')])
    execFileSync('ln', [join(folder, 'plain'), join(folder, 'hard')])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    ['gnu', '--sparse'],
    ['pax', '--sparse', '--sparse-version=1.0'],
    ['pax', '--sparse', '--sparse-version=0.1'],
    ['pax', '--sparse', '--sparse-version=0.0'],
    ['gnu', '--exclude=sparse'],
    ['posix', '--exclude=sparse'],
  ])('is read: format %s %s %s', (format, ...options) => {
    const tar = execFileSync('tar', ['-C', folder, `--format=${format}`, ...options, '-cf', '-', ...names])
    const excluded = options.includes('--exclude=sparse')
    const wanted = [
      ...names
        .slice(0, 4)
        .map((name) => [name, 'file', Buffer.from(`content of ${name}`).toString('latin1')]),
      ...(excluded ? [] : [['sparse', format === 'gnu' ? 'other' : 'file', '']]),
      ['linked', 'link', ''],
      ['hard', 'link', ''],
    ]
    for (const chunkSize of [100_000, 700, 512, 1]) {
      const seen = readTar(tar, chunkSize)
      expect(seen.map(({ name, type, content }) => [name, type, content])).toEqual(wanted)
      expect(seen.find(({ name }) => name === 'linked')?.target).toBe(long)
      expect(seen.find(({ name }) => name === 'hard')?.target).toBe('plain')
      expect(seen.filter(({ sparse }) => sparse)).toHaveLength(excluded ? 0 : 1)
    }
  })

  it.each(['ustar', 'v7'])('is read: format %s', (format) => {
    const tar = execFileSync('tar', ['-C', folder, `--format=${format}`, '-cf', '-', 'plain', 'folder'])
    expect(readTar(tar).map(({ name, type }) => `${name} ${type}`)).toEqual([
      'plain file',
      'folder/ directory',
      'folder/inner file',
    ])
  })
})

describe('a header', () => {
  const [header] = [Buffer.from(writeTar([{ path: 'a', content: 'x'.repeat(600) }]))]
  const withSum = (change: (block: Buffer) => void): Buffer => {
    const tar = Buffer.from(header ?? [])
    change(tar)
    tar.fill(0x20, 148, 156)
    const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return tar
  }

  it('may have its size in base 256', () => {
    const tar = withSum((block) => {
      block.fill(0, 124, 136)
      block[124] = 0x80
      block.writeUInt32BE(600, 132)
    })
    expect(readTar(tar)).toMatchObject([{ name: 'a', size: 600, content: 'x'.repeat(600) }])
  })

  it('is refused with a size that is negative, too large, or no number', () => {
    const sizes = [
      (block: Buffer) => block.fill(0xff, 124, 136),
      (block: Buffer) => block.fill(0x9f, 124, 136),
      (block: Buffer) => block.write('12x45678901', 124),
    ]
    for (const change of sizes) expect(() => readTar(withSum(change))).toThrow(/no valid size/)
  })

  it('has its prefix in front of its name, in POSIX form only', () => {
    const posix = withSum((block) => block.write('some/folder', 345))
    expect(readTar(posix)).toMatchObject([{ name: 'some/folder/a' }])
    const gnu = withSum((block) => {
      block.write('some/folder', 345)
      block.write('ustar  \0', 257)
    })
    expect(readTar(gnu)).toMatchObject([{ name: 'a' }])
  })

  it('without its checksum is refused', () => {
    const tar = Buffer.from(header ?? [])
    tar[0] = 0x62
    expect(() => readTar(tar)).toThrow(/checksum/)
  })

  it('of the oldest form names a folder by its slash', () => {
    const old = withSum((block) => {
      block.write('dir/', 0)
      block[156] = 0
      block.write('00000000000\0', 124)
    })
    expect(readTar(old.subarray(0, 512))).toMatchObject([{ name: 'dir/', type: 'directory' }])
  })
})

describe('bounds', () => {
  it('hold for extended headers, paths and entries', () => {
    const huge = Buffer.from(writeTar([{ path: 'x'.repeat(101) }]))
    huge.write('00010000001\0', 124)
    huge.fill(0x20, 148, 156)
    const sum = huge.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    huge.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    expect(() => readTar(huge)).toThrow(/larger than 1 MiB/)
    expect(() => readTar(writeTar([{ path: 'é'.repeat(2_049) }]))).toThrow(/longer than 4096 bytes/)
    expect(readTar(writeTar([{ path: 'é'.repeat(2_048) }]))).toHaveLength(1)
    const many = Array.from({ length: 1_001 }, (_, index) => ({ path: `${index}` }))
    expect(() => readTar(writeTar(many))).toThrow(/more than 1000 entries/)
    expect(() => readTar(Buffer.concat([Buffer.alloc(512), writeTar([{ path: 'a' }])]))).toThrow(
      /empty block/,
    )
  })

  it('hold whatever the bytes are: a TarError or entries, never more', {
    timeout: scaled(30_000, 7_200_000),
  }, () => {
    const seed = writeTar([
      { path: 'a/b', content: 'hello' },
      { path: 'y'.repeat(200), content: 'long' },
      { path: 'l', type: 'symlink', target: 'z'.repeat(120) },
    ])
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 1_500 }),
        (edits, chunkSize) => {
          const bytes = Uint8Array.from(seed)
          for (const [at, value] of edits) bytes[at] = value
          // A right checksum lets the edit through to what is behind it.
          for (let at = 0; at + 512 <= bytes.length; at += 512) {
            const block = Buffer.from(bytes.buffer, at, 512)
            if (block.toString('latin1', 257, 262) !== 'ustar') continue
            block.fill(0x20, 148, 156)
            block.write(
              `${block
                .reduce((total, byte) => total + byte, 0)
                .toString(8)
                .padStart(6, '0')}\0 `,
              148,
            )
          }
          try {
            expect(readTar(bytes, chunkSize).length).toBeLessThan(10)
          } catch (error) {
            expect(error).toBeInstanceOf(TarError)
          }
        },
      ),
      { numRuns: scaled(2_000, 1_000_000) },
    )
  })
})

it('paths are cleaned as Go cleans them', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', '.'],
    ['.', '.'],
    ['/', ''],
    ['./', '.'],
    ['a/', 'a'],
    ['/a', 'a'],
    ['//a//b', 'a/b'],
    ['a/./b/../c', 'a/c'],
    ['..', '..'],
    ['../', '..'],
    ['/..', ''],
    ['a/..', '.'],
    ['a/../..', '..'],
    ['...', '...'],
    ['a/.b', 'a/.b'],
    ['a/..b', 'a/..b'],
  ]
  for (const [name, path] of cases) expect([name, cleanPath(name)]).toEqual([name, path])
})
