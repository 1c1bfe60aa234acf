import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { rangesToKeep } from '../executables/index.ts'
import type { ImageSource } from '../images/index.ts'
import { createIndexer } from '../indexing/index.ts'
import { createMemoryLayerStore, OPEN_ACCESS } from '../inventory/index.ts'
import { goBinary, goModules } from '../test-support/executables/index.ts'
import { digestOf, writeTar } from '../test-support/image-builder/index.ts'
import { ecosystems } from './ecosystems.ts'

const MIB = 1024 * 1024
const modules = goModules({ deps: ['golang.org/x/net@v0.17.0'] })

describe('a stripped Go program of 120 MiB', () => {
  it.each([
    ['with its strings behind the header', false],
    ['with its strings behind pointers', true],
  ])('%s is read, and its machine code is not held', async (_, pointers) => {
    const program = goBinary({ modules, pointers, withoutSections: true, codeSize: 120 * MIB })
    const ranges = rangesToKeep(program.subarray(0, 16 * 1024), program.length)
    expect(ranges.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThan(MIB)

    const tar = Buffer.from(writeTar([{ path: 'usr/bin/program', content: program, mode: 0o755 }]))
    const digest = digestOf(tar)
    const source: ImageSource = {
      name: 'test',
      manifest: () => Promise.reject(new Error('no manifests here')),
      blob: async () => Readable.from(chunksOf(tar), { objectMode: false }),
    }
    const indexer = createIndexer({ plugins: ecosystems, store: createMemoryLayerStore() })
    const layers = [{ blob: { digest, size: tar.length }, diffId: digest }]
    const { sets, notes } = await indexer.index({ source, layers, access: OPEN_ACCESS })
    expect(notes).toEqual([])
    expect(
      sets.flatMap(({ entries }) => entries.map((entry) => `${entry.path} ${entry.package.purl}`)).sort(),
    ).toEqual([
      'usr/bin/program pkg:golang/golang.org/x/net@v0.17.0',
      'usr/bin/program pkg:golang/stdlib@v1.22.1',
    ])
  })
})

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 256 * 1024) yield bytes.subarray(at, at + 256 * 1024)
}
