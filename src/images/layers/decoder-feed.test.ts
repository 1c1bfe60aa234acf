import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { buildLayer, digestOf } from '../../test-support/image-builder/index.ts'
import { createDecoder, type LayerCompression } from './decoder.ts'
import type { FileParts } from './file-parts.ts'
import { type LayerReading, readLayer } from './read-layer.ts'
import type { LayerVisitor } from './visitor.ts'

const MIB = 1024 * 1024

/** Bytes of which half compress well. */
function content(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size, seed)
  for (let index = 0; index < size; index += 2) bytes[index] = (index * (index >>> 7) * 31 + seed) >> 3
  return bytes
}

const files = Object.fromEntries(
  [3.7, 0.01, 2.5, 1, 0.3].map((size, seed) => [`f${seed}`, content(size * MIB, seed)]),
)

function read(bytes: Uint8Array, chunkSize: number, visitor: LayerVisitor): Promise<LayerReading> {
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkSize) }, (_, index) =>
    bytes.subarray(index * chunkSize, (index + 1) * chunkSize),
  )
  const source = {
    name: 'test',
    manifest: () => Promise.reject(new Error('no manifests here')),
    blob: async () => Readable.from(chunks, { objectMode: false }),
  }
  return readLayer(source, { digest: digestOf(bytes), size: bytes.length }, visitor)
}

const idle: LayerVisitor = { file: () => 'skip', head() {}, content() {}, whiteout() {} }

describe('buffers that are used again', () => {
  it.each([
    'gzip',
    'zstd',
    'none',
  ] as const)('change nothing that is held, nor what is read: %s', async (compression) => {
    const layer = buildLayer({ files }, compression)
    for (const chunkSize of [10_000, 65_536, 700_000, 20_000_000]) {
      const held = new Map<string, FileParts>()
      const whole = new Map<string, Buffer>()
      const visitor: LayerVisitor = {
        ...idle,
        file: ({ path }) => (path < 'f2' ? 'parts' : 'body'),
        begin: (file) => [
          { start: 20_000, end: 1_200_000 },
          { start: file.size - 500_000, end: file.size },
        ],
        gathered: ({ path }, parts) => void held.set(path, parts),
        content: ({ path }, bytes) => void whole.set(path, Buffer.from(bytes)),
      }
      expect((await read(layer.bytes, chunkSize, visitor)).diffId).toBe(layer.diffId)
      const f0 = files['f0'] ?? Buffer.alloc(0)
      const part = (start: number, end: number): boolean =>
        f0.subarray(start, end).equals(held.get('f0')?.read(start, end - start) ?? Buffer.alloc(0))
      expect(part(20_000, 1_200_000)).toBe(true)
      expect(part(f0.length - 500_000, f0.length)).toBe(true)
      for (const path of ['f2', 'f3', 'f4'])
        expect(whole.get(path)?.equals(files[path] ?? Buffer.alloc(0))).toBe(true)
    }
  })

  it('take zstd frames of any size', async () => {
    const { tar, diffId } = buildLayer({ files })
    const cuts = [0, 10, 600_000, 600_001, 4_000_000, tar.length]
    const skippable = Buffer.concat([Buffer.from('502a4d1800001000', 'hex'), Buffer.alloc(MIB)])
    const frames = cuts.slice(1).map((end, index) => zstdCompressSync(tar.subarray(cuts[index], end)))
    const bytes = Buffer.concat([skippable, ...frames.flatMap((frame) => [frame, skippable])])
    for (const chunkSize of [65_536, 5_000_000]) {
      expect((await read(bytes, chunkSize, idle)).diffId).toBe(diffId)
    }
  })

  it('do not wait for a decoder that has ended before its input', async () => {
    const { tar, diffId } = buildLayer({ files: { a: 'b' } })
    const bytes = Buffer.concat([gzipSync(tar), Buffer.alloc(6 * MIB)])
    expect((await read(bytes, 65_536, idle)).diffId).toBe(diffId)
  })

  it('are given back as soon as they are full', async () => {
    const kinds: readonly LayerCompression[] = ['gzip', 'zstd']
    for (const kind of kinds) {
      const { stream, release } = createDecoder(kind)
      const plain = Buffer.alloc(3.5 * MIB, 'x')
      stream.end(kind === 'gzip' ? gzipSync(plain) : zstdCompressSync(plain))
      let lengths = 0
      const pieces: Buffer[] = []
      stream.on('data', (piece: Buffer) => {
        lengths += piece.length
        pieces.push(piece)
      })
      await new Promise((resolve) => stream.on('end', resolve))
      for (const piece of pieces) release(piece)
      expect(lengths).toBe(plain.length)
      expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBe(0.5 * MIB)
    }
  })
})
