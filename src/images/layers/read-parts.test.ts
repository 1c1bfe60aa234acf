import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildLayer } from '../../test-support/image-builder/index.ts'
import { scaled } from '../../test-support/scale.ts'
import type { ByteRange } from './file-parts.ts'
import { readLayer } from './read-layer.ts'

const content = (size: number, seed: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 7 + (index >>> 8) + seed) % 256))

interface File {
  readonly size: number
  readonly ranges: readonly ByteRange[]
}

/** What the visitor is given of each file: its first bytes and a reader of the ranges that it asked for. */
async function readParts(files: readonly File[], chunkSize: number, tail: boolean): Promise<string[]> {
  const tarred = Object.fromEntries(files.map(({ size }, index) => [`f${index}`, content(size, index)]))
  const whole = buildLayer({ files: tarred }, 'none')
  const layer = buildLayer({ tar: tail ? whole.tar : whole.tar.subarray(0, -1024) }, 'none')
  const chunks = Array.from({ length: Math.ceil(layer.bytes.length / chunkSize) }, (_, index) =>
    layer.bytes.subarray(index * chunkSize, (index + 1) * chunkSize),
  )
  const seen: string[] = []
  const source = {
    name: 'test',
    manifest: () => Promise.reject(new Error('no manifests here')),
    blob: async () => Readable.from(chunks, { objectMode: false }),
  }
  await readLayer(
    source,
    { digest: layer.digest, size: layer.bytes.length },
    {
      file: () => 'parts',
      head() {},
      content() {},
      whiteout() {},
      begin({ path, size }, first) {
        const index = Number(path.slice(1))
        expect(Buffer.from(first)).toEqual(content(size, index).subarray(0, 16_384))
        seen.push(`${path} begins`)
        return files[index]?.ranges ?? []
      },
      gathered({ path, size }, parts) {
        const index = Number(path.slice(1))
        const all = content(size, index)
        for (const { start, end } of files[index]?.ranges ?? []) {
          const [from, to] = [Math.min(start, size), Math.min(end, size)]
          if (from >= to) continue
          expect(Buffer.from(parts.read(from, to - from) ?? [])).toEqual(all.subarray(from, to))
        }
        seen.push(`${path} gathered`)
      },
    },
  )
  return seen
}

describe('parts of files in a layer', () => {
  it('are what was asked for, whatever the sizes of files, ranges and chunks', async () => {
    const range = fc
      .tuple(fc.nat(60_000), fc.nat(20_000))
      .map(([start, size]) => ({ start, end: start + size }))
    const size = fc.oneof(fc.constantFrom(0, 511, 512, 16_384, 16_385), fc.nat(60_000))
    const file = fc.record({ size, ranges: fc.array(range, { maxLength: 3 }) })
    const property = fc.asyncProperty(
      fc.array(file, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1_000, max: 70_000 }),
      fc.boolean(),
      async (files, chunkSize, tail) => {
        const expected = files.flatMap(({ size, ranges }, index) => {
          const asks = ranges.some(({ start, end }) => start < Math.min(end, size))
          return asks ? [`f${index} begins`, `f${index} gathered`] : [`f${index} begins`]
        })
        expect(await readParts(files, chunkSize, tail)).toEqual(expected)
      },
    )
    await fc.assert(property, { numRuns: scaled(100, 5_000), seed: 4 })
  })
})
