import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { javaArchive, manifestText } from '../../test-support/java-archive.ts'
import { boundMemory } from '../../test-support/memory.ts'
import { scaled } from '../../test-support/scale.ts'
import { writeZip } from '../../test-support/zip-writer.ts'
import { readFileName } from './file-name.ts'
import { readManifest } from './manifest.ts'
import { readPomProperties } from './pom-properties.ts'
import { readArchive } from './read-archive.ts'

boundMemory()

const MIB = 1024 * 1024
const rounds = scaled(2_000, 1_000_000)

const inner = javaArchive({
  manifest: { 'Implementation-Title': 'a', 'Implementation-Version': '1', 'Implementation-Vendor': 'b' },
  poms: ['g:inner:1'],
})
/** Where the changes begin: every form that the reader knows. */
const corpus = {
  plain: javaArchive({ poms: ['g:a:1', 'g:b:2'], files: [{ name: 'x.class', content: 'x'.repeat(500) }] }),
  nested: javaArchive({ nested: { 'a-1.jar': inner, 'b.war': javaArchive({ nested: { 'c.jar': inner } }) } }),
  'self-starting': javaArchive({
    nested: { 'a-1.jar': inner, 'b-2.jar': inner },
    stored: true,
    prefix: '#!/bin/sh\n',
  }),
  zip64: javaArchive({ poms: ['g:a:1'], zip64: true, comment: 'zip64' }),
  streamed: writeZip([{ name: 'META-INF/MANIFEST.MF', content: 'A: b\n', descriptor: true }]),
}

type Next = (below: number) => number

/** A small generator with a seed (mulberry32), so that a failure can be repeated. */
function random(seed: number): Next {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const numbers = [0, 1, 2, 8, 22, 30, 46, 255, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]

/** A byte, a bit, a number of two or four bytes, or a part copied over another: near a signature more often than anywhere. */
function mutate(content: Buffer, next: Next): void {
  const anywhere = next(content.length)
  const signature = content.indexOf('PK', anywhere, 'latin1')
  const at = next(3) === 0 || signature < 0 ? anywhere : Math.min(content.length - 1, signature + next(64))
  const width = Math.min(content.length - at, next(2) === 0 ? 2 : 4)
  const value = numbers[next(numbers.length)] ?? 0
  const kind = next(4)
  if (kind === 0) content[at] = next(256)
  else if (kind === 1) content[at] = (content[at] ?? 0) ^ (1 << next(8))
  else if (kind === 2 && width > 1) content.writeUIntLE(value % 2 ** (8 * width), at, width)
  else content.copyWithin(at, anywhere, Math.min(content.length, anywhere + next(64)))
}

/** A fault of what is read, not of the reader. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    code.startsWith('Z_') ||
    code === 'ERR_BUFFER_TOO_LARGE' ||
    !/^(?:Range|Type|Syntax)Error$/.test(error.name)
  )
}

describe('changed archives', { timeout: scaled(60_000, 7_200_000) }, () => {
  it.each(Object.entries(corpus))('%s', async (_kind, whole) => {
    let refused = 0
    const content = Buffer.from(whole)
    for (let seed = 0; seed < rounds; seed += 1) {
      const next = random(seed)
      whole.copy(content)
      for (let left = next(5); left >= 0; left -= 1) mutate(content, next)
      try {
        readArchive('a.jar', content.subarray(0, next(10) === 0 ? next(content.length) : content.length))
      } catch (error) {
        if (!isRefusal(error)) throw new Error(`seed ${seed}`, { cause: error })
        refused += 1
      }
      // What could not be unpacked is free only after a turn of the event loop.
      if (seed % 1_000 === 0) await setImmediate()
    }
    expect(refused).toBeGreaterThan(rounds / 100)
    expect(refused).toBeLessThan(rounds)
  })

  it('texts', () => {
    const texts = [
      manifestText({ 'Bundle-Name': 'a', 'Bundle-SymbolicName': 'a.b' }),
      'groupId=g\nartifactId=a\nversion=1\n',
      'lib-1.0.jar',
    ]
    for (let seed = 0; seed < rounds; seed += 1) {
      const next = random(seed)
      const content = Buffer.from(texts[next(texts.length)] ?? '')
      for (let left = next(6); left >= 0; left -= 1) mutate(content, next)
      readManifest(content)
      readPomProperties(content)
      readFileName(content.toString())
    }
  })
})

describe('bombs', () => {
  const jar = (content: Buffer, count = 1): Buffer =>
    writeZip(Array.from({ length: count }, (_, index) => ({ name: `${index}.jar`, content, stored: true })))

  it('that unpack to gigabytes end early', async () => {
    const zeros = javaArchive({ files: [{ name: 'a.jar', content: Buffer.alloc(200 * MIB) }] })
    const bomb = javaArchive({
      nested: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${index}.jar`, zeros])),
    })
    expect(() => readArchive('a.jar', bomb)).toThrow('unpacks to more than any real archive')
    await setImmediate()
  })

  it('of archives that lie over each other end early', async () => {
    // Each of the thousand entries is the same archive of a thousand, and so on.
    let nested = javaArchive({ poms: ['g:a:1'] })
    for (let depth = 0; depth < 4; depth += 1) nested = overlapping(nested, 1_000)
    expect(() => readArchive('a.jar', nested)).toThrow(/more (?:archives )?than any real/)
    await setImmediate()
  })

  it('of archives in archives end at a depth', () => {
    let nested = javaArchive({ poms: ['g:a:1'] })
    for (let depth = 0; depth < 30; depth += 1) nested = jar(nested)
    expect(readArchive('a.jar', nested).damages).toEqual([expect.stringContaining('nested too deep')])
  })

  it('of many broken archives end early', () => {
    const files = Array.from({ length: 5_000 }, (_, index) => ({
      name: `${index}.jar`,
      content: 'no packed data',
      stored: true,
      said: { method: 8, size: 10_000 },
    }))
    expect(() => readArchive('a.jar', writeZip(files))).toThrow('too many of its files are damaged')
  })

  it('of many small archives are read to the end', () => {
    const { unnamed, packages } = readArchive('a.jar', jar(inner, 5_000))
    expect([unnamed.length, packages.length]).toEqual([5_001, 5_000])
  })

  /** One stored archive, and a directory that names it many times. */
  function overlapping(content: Buffer, count: number): Buffer {
    const whole = writeZip([
      { name: 'a.jar', content, stored: true },
      ...Array.from({ length: count - 1 }, () => ({
        name: 'a.jar',
        content: '',
        stored: true,
        said: { offset: 0, size: content.length, compressedSize: content.length, crc32: 0 },
      })),
    ])
    return whole
  }
})
