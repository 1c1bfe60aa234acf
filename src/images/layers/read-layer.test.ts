import { Readable } from 'node:stream'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Digest } from '../../core/index.ts'
import {
  buildLayer,
  digestOf,
  type LayerListing,
  type TarEntry,
  writeTar,
} from '../../test-support/image-builder/index.ts'
import { boundMemory } from '../../test-support/memory.ts'
import { scaled } from '../../test-support/scale.ts'
import type { ImageSource } from '../ports.ts'
import type { LayerLimits } from './limits.ts'
import { readLayer } from './read-layer.ts'
import type { LayerVisitor } from './visitor.ts'

boundMemory()

const idle: LayerVisitor = { file: () => 'skip', head() {}, content() {}, whiteout() {} }

function sourceOf(bytes: Uint8Array, chunkSize = 1_000): ImageSource {
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkSize) }, (_, index) =>
    bytes.subarray(index * chunkSize, (index + 1) * chunkSize),
  )
  return {
    name: 'test',
    manifest: () => Promise.reject(new Error('no manifests here')),
    blob: () => Promise.resolve(Readable.from(chunks, { objectMode: false })),
  }
}

interface Seen {
  readonly files: Record<string, string>
  readonly whiteouts: string[]
  readonly diffId: Digest
}

async function read(
  bytes: Uint8Array,
  options: { limits?: Partial<LayerLimits>; digest?: Digest; size?: number; chunkSize?: number } = {},
): Promise<Seen> {
  const files: Record<string, string> = {}
  const whiteouts: string[] = []
  const blob = { digest: options.digest ?? digestOf(bytes), size: options.size ?? bytes.length }
  const reading = await readLayer(
    sourceOf(bytes, options.chunkSize),
    blob,
    {
      file: (file) => (file.path.endsWith('.bin') ? 'head' : 'body'),
      head: (file, first) => void (files[file.path] = `head ${Buffer.from(first).toString()}`),
      content: (file, content) => void (files[file.path] = Buffer.from(content).toString()),
      whiteout: ({ kind, path }) => void whiteouts.push(`${kind} ${path}`),
    },
    { limits: options.limits },
  )
  return { files, whiteouts, diffId: reading.diffId }
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: { code?: string }) => error.code ?? error,
  )

const listing: LayerListing = {
  files: {
    'etc/os-release': 'ID=debian',
    'usr/lib/a.bin': '\x7fELF and more',
    'empty.bin': '',
    'etc/link': { type: 'hardlink', target: 'etc/os-release' },
    [`deep/${'x'.repeat(300)}`]: 'long',
  },
  whiteouts: ['var/lib/dpkg/status'],
  opaque: ['opt/app'],
}

describe('a layer', () => {
  it.each(['gzip', 'zstd', 'none'] as const)('is read whole: %s', async (compression) => {
    const layer = buildLayer(listing, compression)
    for (const chunkSize of [1, 7, 511, 513, 100_000]) {
      expect(await read(layer.bytes, { chunkSize })).toEqual({
        files: {
          'etc/os-release': 'ID=debian',
          'usr/lib/a.bin': 'head \x7fELF',
          'empty.bin': 'head ',
          [`deep/${'x'.repeat(300)}`]: 'long',
        },
        whiteouts: ['opaque opt/app', 'removed var/lib/dpkg/status'],
        diffId: layer.diffId,
      })
    }
  })

  it('may have several gzip members or zstd frames, and skippable frames', async () => {
    const { tar, diffId } = buildLayer(listing)
    const parts = [tar.subarray(0, 700), tar.subarray(700, 2_000), tar.subarray(2_000)]
    const skippable = Buffer.from('5a2a4d180300000061 6263'.replace(' ', ''), 'hex')
    const frames = Buffer.concat([skippable, ...parts.map((part) => zstdCompressSync(part)), skippable])
    const members = Buffer.concat(parts.map((part) => gzipSync(part)))
    for (const chunkSize of [1, 2, 50, 100_000]) {
      expect((await read(frames, { chunkSize })).diffId).toBe(diffId)
      expect((await read(members, { chunkSize })).diffId).toBe(diffId)
    }
  })

  it('may have zstd frames of every form: checksums, sizes, raw and run-length blocks', async () => {
    const noise = Buffer.from(
      Array.from({ length: 300_000 }, (_, index) => (index * index * 7_919) >> (index % 13)),
    )
    const { tar, diffId } = buildLayer({ files: { noise, zeros: Buffer.alloc(500_000), small: 'x' } })
    const cuts = [0, 100_000, 300_512, 700_000, tar.length]
    const forms = [1, 0].flatMap((checksum) => [0, 1].map((size) => [checksum, size] as const))
    const parts = forms.map(([checksum, size], index) =>
      zstdCompressSync(tar.subarray(cuts[index], cuts[index + 1]), {
        params: { [constants.ZSTD_c_checksumFlag]: checksum, [constants.ZSTD_c_contentSizeFlag]: size },
      }),
    )
    for (const chunkSize of [3, 1_000, 10_000_000]) {
      expect((await read(Buffer.concat(parts), { chunkSize })).diffId).toBe(diffId)
    }
  })

  it('may have a zstd window of 64 MiB; of a larger one it is said what to do', async () => {
    const { tar, diffId } = buildLayer(listing)
    // A frame of one raw block: its header says how large the window is (RFC 8878, 3.1.1.1.2 and 3.1.1.2).
    const frame = (windowLog: number): Buffer => {
      const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3, 0, 0, 0])
      header.writeUIntLE((tar.length << 3) | 1, 6, 3)
      return Buffer.concat([header, tar])
    }
    expect((await read(frame(26))).diffId).toBe(diffId)
    await expect(read(frame(27))).rejects.toMatchObject({
      code: 'layer-window-too-large',
      kind: 'unsupported',
      publicMessage: expect.stringContaining('a window of more than 64 MiB'),
      remedy: expect.stringContaining('--long=26'),
    })
  })

  it('may be empty, and may end without its end mark', async () => {
    expect((await read(new Uint8Array(0))).files).toEqual({})
    const { tar } = buildLayer({ files: { a: 'b' } })
    expect((await read(tar.subarray(0, -1_024))).files).toEqual({ a: 'b' })
    expect((await read(tar.subarray(0, 513 + 1))).files).toEqual({ a: 'b' })
  })

  it('gives names as Trivy does, and none that could reach a disk', async () => {
    const names = [
      '/abs/file',
      './dot',
      'a//b',
      'a/./c',
      'a/../d',
      '../../etc/passwd',
      'x/../../y',
      'escape\u001b[2J',
    ]
    const layer = buildLayer({ entries: names.map((path) => ({ path, content: path })) })
    expect(Object.keys((await read(layer.bytes)).files)).toEqual([
      'abs/file',
      'dot',
      'a/b',
      'a/c',
      'd',
      '../../etc/passwd',
      '../y',
      'escape\u001b[2J',
    ])
  })

  it('takes whiteouts by name, as Go joins paths', async () => {
    const names = ['.wh.top', 'a/.wh..', 'a/b/.wh...', 'a/.wh.', 'a/.wh..wh.plnk', '.wh..wh..opq']
    const entries = names.map((path): TarEntry => ({ path, type: 'character-device' }))
    const { whiteouts } = await read(buildLayer({ entries }).bytes)
    expect(whiteouts).toEqual([
      'removed top',
      'removed a',
      'removed a',
      'removed a',
      'removed a/.wh.plnk',
      'opaque ',
    ])
  })
})

describe('a bad layer is refused, with its digest', () => {
  const good = buildLayer(listing)

  it('wrong digest, wrong size, cut off', async () => {
    const other = digestOf(new Uint8Array(3))
    expect(await codeOf(read(good.bytes, { digest: other }))).toBe('layer-digest-mismatch')
    expect(await codeOf(read(good.bytes, { size: good.bytes.length - 1 }))).toBe('layer-size-mismatch')
    expect(await codeOf(read(good.bytes, { size: good.bytes.length + 1 }))).toBe('layer-truncated')
    const cut = good.bytes.subarray(0, -5)
    expect(await codeOf(read(cut, { size: good.bytes.length, digest: good.digest }))).toBe('layer-truncated')
  })

  it('damaged in transfer is told apart from damaged when made', async () => {
    const damaged = Uint8Array.from(good.bytes)
    damaged.fill(0xff, 30, 60)
    expect(await codeOf(read(damaged, { digest: good.digest }))).toBe('layer-digest-mismatch')
    expect(await codeOf(read(damaged))).toBe('layer-compression-invalid')
    expect(await codeOf(read(good.bytes.subarray(0, -5)))).toBe('layer-compression-invalid')
    expect(await codeOf(read(zstdCompressSync(good.tar).subarray(0, -5)))).toBe('layer-compression-invalid')
    expect(await codeOf(read(Buffer.from('<html>'.repeat(200))))).toBe('layer-tar-invalid')
    await expect(read(good.bytes.subarray(0, -5))).rejects.toThrow(digestOf(good.bytes.subarray(0, -5)))
  })

  it('a tar that ends inside a file, lies about sizes, or has no valid header', async () => {
    const { tar } = buildLayer({ files: { a: 'x'.repeat(2_000) } })
    expect(await codeOf(read(tar.subarray(0, 1_000)))).toBe('layer-tar-invalid')
    const lying = writeTar([{ path: 'a', content: 'x', claimedSize: 2 ** 32 }])
    expect(await codeOf(read(lying))).toBe('layer-tar-invalid')
    expect(await codeOf(read(Buffer.alloc(700, 7)))).toBe('layer-tar-invalid')
    const long = buildLayer({ files: { ['p/'.repeat(2_049)]: 'x' } })
    expect(await codeOf(read(long.bytes))).toBe('layer-tar-invalid')
  })

  it('bombs: too much unpacked, too high a ratio, too many entries', async () => {
    const zeros = buildLayer({ files: { zeros: Buffer.alloc(4_000_000) } })
    expect(await codeOf(read(zeros.bytes))).toBe('no error')
    expect(await codeOf(read(zeros.bytes, { limits: { maxUnpackedSize: 1_000_000 } }))).toBe('layer-bomb')
    expect(await codeOf(read(zeros.bytes, { limits: { ratioFrom: 1_000_000 } }))).toBe('layer-bomb')
    const entries = Array.from({ length: 20 }, (_, index) => ({ path: `${index}` }))
    const many = buildLayer({ entries })
    expect(await codeOf(read(many.bytes, { limits: { maxEntries: 20 } }))).toBe('no error')
    expect(await codeOf(read(many.bytes, { limits: { maxEntries: 19 } }))).toBe('layer-tar-invalid')
  })

  it('bombs, with the limits that are in force', async () => {
    const million = gzipSync(Buffer.alloc(1024 * 1024))
    const bomb = Buffer.concat(Array.from({ length: 300 }, () => million))
    expect(await codeOf(read(bomb, { chunkSize: 65_536 }))).toBe('layer-bomb')
    const entry = writeTar([{ path: 'zeros', claimedSize: 2 ** 30 }]).subarray(0, 512)
    const file = Buffer.concat([gzipSync(entry), bomb])
    expect(await codeOf(read(file, { chunkSize: 65_536 }))).toBe('layer-bomb')
  })

  it('a bomb that claims to be large is measured by what has come in', async () => {
    const bomb = Buffer.concat(Array.from({ length: 300 }, () => gzipSync(Buffer.alloc(1024 * 1024))))
    const source = { ...sourceOf(bomb), blob: () => Promise.resolve(Readable.from([bomb])) }
    const blob = { digest: digestOf(bomb), size: 2 ** 42 }
    expect(await codeOf(readLayer(source, blob, idle))).toBe('layer-bomb')
  })

  it('but not one of a million entries', async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => ({ path: `folder/file-${index}.bin` }))
    const member = gzipSync(writeTar(names).subarray(0, 512 * names.length))
    const members = Buffer.concat(Array.from({ length: 1_000 }, () => member))
    const { files } = await read(members, { chunkSize: 65_536 })
    expect(Object.keys(files)).toHaveLength(names.length)
  })

  it('one that never ends stops at the stated size', async () => {
    let sent = 0
    const endless = Readable.from(
      (async function* () {
        for (;;) {
          sent += 65_536
          yield Buffer.alloc(65_536)
        }
      })(),
      { objectMode: false },
    )
    const source = { ...sourceOf(new Uint8Array(0)), blob: () => Promise.resolve(endless) }
    const blob = { digest: digestOf(new Uint8Array(0)), size: 1_000_000 }
    expect(await codeOf(readLayer(source, blob, idle))).toBe('layer-size-mismatch')
    expect(sent).toBeLessThan(1_500_000)
    expect(endless.destroyed).toBe(true)
  })
})

describe('reading', () => {
  it('stops when it is cancelled, though the source is silent', async () => {
    const silent = new Readable({ read() {} })
    const source = { ...sourceOf(new Uint8Array(0)), blob: () => Promise.resolve(silent) }
    const controller = new AbortController()
    const reading = readLayer(source, { digest: digestOf(new Uint8Array(0)), size: 5_000 }, idle, controller)
    silent.push(Buffer.alloc(600))
    controller.abort()
    await expect(reading).rejects.toThrow(/abort/i)
    expect(silent.destroyed).toBe(true)
  })

  it('passes on what the visitor throws, and ends the transfer', async () => {
    const { bytes, digest } = buildLayer(listing)
    const stream = Readable.from([bytes], { objectMode: false })
    const source = { ...sourceOf(bytes), blob: () => Promise.resolve(stream) }
    const visitor = {
      file() {
        throw new Error('no more')
      },
      head() {},
      content() {},
      whiteout() {},
    }
    await expect(readLayer(source, { digest, size: bytes.length }, visitor)).rejects.toThrow('no more')
    expect(stream.destroyed).toBe(true)
  })

  it('never fails in another way, whatever the bytes are', {
    timeout: scaled(60_000, 7_200_000),
  }, async () => {
    const layers = (['gzip', 'zstd', 'none'] as const).map((compression) => buildLayer(listing, compression))
    const known = /^(?:no error|layer-(?:compression|tar)-invalid|layer-bomb)$/
    const mutation = fc.record({
      layer: fc.constantFrom(...layers),
      edits: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      cut: fc.option(fc.nat()),
      chunkSize: fc.integer({ min: 1, max: 2_000 }),
    })
    await fc.assert(
      fc.asyncProperty(mutation, async ({ layer, edits, cut, chunkSize }) => {
        const bytes = Uint8Array.from(layer.bytes)
        for (const [at, value] of edits) bytes[at % bytes.length] = value
        const whole = cut === null ? bytes : bytes.subarray(0, cut % bytes.length)
        expect(await codeOf(read(whole, { chunkSize }))).toMatch(known)
      }),
      { numRuns: scaled(300, 1_000_000) },
    )
  })
})
