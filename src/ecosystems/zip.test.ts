import { describe, expect, it } from 'vitest'
import { writeZip, type ZipFile, type ZipOptions } from '../test-support/zip-writer.ts'
import { Budget } from './zip-budget.ts'
import { readEntry } from './zip-content.ts'
import { readDirectory } from './zip-directory.ts'

const MIB = 1024 * 1024
const files: readonly ZipFile[] = [
  { name: 'a', content: 'first' },
  { name: 'dir/', content: '' },
  { name: 'b', content: 'second', stored: true },
  { name: 'c', content: 'third', descriptor: true },
]

function contents(archive: Buffer, maxSize = MIB): string[] {
  const budget = new Budget(archive.length)
  return readDirectory(archive, 1_000).map(
    (entry) => `${entry.name}=${readEntry(archive, entry, maxSize, budget).toString('latin1')}`,
  )
}

const expected = ['a=first', 'dir/=', 'b=second', 'c=third']

/** The extra field of sizes over 32 bits (PKWARE APPNOTE 4.5.3). */
function zip64Extra(...values: number[]): Buffer {
  const extra = Buffer.alloc(4 + values.length * 8)
  extra.writeUInt16LE(1)
  extra.writeUInt16LE(values.length * 8, 2)
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + index * 8)
  return extra
}

describe('a zip archive', () => {
  it.each<[string, ZipOptions]>([
    ['plain', {}],
    ['behind a script', { prefix: '#!/bin/sh\nexec java -jar "$0"\n' }],
    ['with a comment', { comment: 'x'.repeat(60_000) }],
    ['with a zip64 directory', { zip64: true }],
  ])('%s is read', (_, options) => {
    expect(contents(writeZip(files, options))).toEqual(expected)
  })

  it('may be empty', () => {
    expect(contents(writeZip([]))).toEqual([])
  })

  it('may have sizes over 32 bits in an extra field', () => {
    const extra = Buffer.concat([Buffer.from([9, 9, 1, 0, 0]), zip64Extra(6, 6, 0)])
    const said = { size: 0xffffffff, compressedSize: 0xffffffff, offset: 0xffffffff, extra }
    expect(contents(writeZip([{ name: 'b', content: 'second', stored: true, said }]))).toEqual(['b=second'])
  })

  it('that was cut short is the last whole one in it', () => {
    const inner = writeZip(files)
    const outer = writeZip([
      { name: 'inner.jar', content: inner, stored: true },
      { name: 'more', content: 'x'.repeat(1_000), stored: true },
    ])
    expect(contents(outer.subarray(0, outer.indexOf('more') + 500))).toEqual(expected)
  })

  it('may have more entries than its end can count', () => {
    const many = Array.from({ length: 65_537 }, (_, index) => ({
      name: String(index),
      content: '',
      stored: true,
    }))
    const archive = writeZip(many)
    expect(readDirectory(archive, 100_000)).toHaveLength(65_537)
    expect(() => readDirectory(archive, 65_536)).toThrow('too many entries')
  })

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('no archive')],
    ['an end alone, of another size', Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18, 1)])],
    ['a wrong count', writeZip(files, { count: 3 })],
    // Go's reader takes the place of a zip64 directory by its word.
    ['data in front that a zip64 directory does not count', writeZip(files, { zip64: true, prefix: 'x' })],
    ['a comment that is cut', writeZip(files, { comment: 'comment' }).subarray(0, -3)],
  ])('is not %s', (_, bytes) => {
    expect(() => readDirectory(bytes, 1_000)).toThrow()
  })
})

describe('an entry', () => {
  const one = (said: ZipFile['said'], more: Partial<ZipFile> = {}): Buffer =>
    writeZip([{ name: 'a', content: 'a'.repeat(1_000), ...(said === undefined ? {} : { said }), ...more }])

  it.each<[string, Buffer]>([
    ['with another checksum', one({ crc32: 1 })],
    ['with another checksum behind it', one({ crc32: 0 }, { descriptor: true })],
    ['that says it is smaller', one({ size: 999 })],
    ['that says it is larger', one({ size: 1_001 })],
    ['that says it is huge', one({ size: 0xfffffffe })],
    ['packed in an unknown way', one({ method: 12 })],
    ['whose place is another', one({ offset: 3 })],
    ['whose place is outside', one({ offset: 0xfffffff0 })],
    ['that is cut', one({ compressedSize: 5 })],
    ['that is stored and cut', one({ compressedSize: 5 }, { stored: true })],
    ['that is no packed data', one({ method: 8 }, { stored: true })],
  ])('%s is refused', (_, archive) => {
    const [entry] = readDirectory(archive, 10)
    if (entry === undefined) throw new Error('no entry')
    expect(() => readEntry(archive, entry, 0xffffffff, new Budget(MIB))).toThrow()
  })

  it('is not unpacked beyond what it may have, nor what it says', () => {
    const bomb = writeZip([{ name: 'a', content: Buffer.alloc(100 * MIB) }])
    const [entry] = readDirectory(bomb, 10)
    if (entry === undefined) throw new Error('no entry')
    expect(() => readEntry(bomb, entry, 10 * MIB, new Budget(bomb.length))).toThrow('larger than')
    expect(() => readEntry(bomb, entry, 1_000 * MIB, new Budget(bomb.length))).toThrow('unpacks to more')
    const lying = { ...entry, size: 1_000 }
    expect(() => readEntry(bomb, lying, 10 * MIB, new Budget(bomb.length))).toThrow()
  })
})
