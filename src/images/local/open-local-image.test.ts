import { execFileSync } from 'node:child_process'
import { mkdtemp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError, DEFAULT_PLATFORM, digestHex, type Platform } from '../../core/index.ts'
import {
  buildImage,
  buildIndex,
  bytesOf,
  dockerArchive,
  type TarEntry,
  writeOciLayout,
  writeTar,
} from '../../test-support/image-builder/index.ts'
import { readLayer } from '../layers/read-layer.ts'
import { resolveImage } from '../resolve.ts'
import { openLocalImage } from './open-local-image.ts'

const arm64: Platform = { os: 'linux', architecture: 'arm64' }
const image = buildImage({ layers: [{ files: { a: 'one' } }, { files: { b: 'two' }, compression: 'zstd' }] })
const other = buildImage({ layers: [{ files: { c: 'three' } }], platform: arm64 })

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-image-'))
  file = join(folder, 'image.tar')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The files in all layers, read through the public way. */
async function contents(
  path: string,
  platform = DEFAULT_PLATFORM,
  wanted?: string,
): Promise<Record<string, string>> {
  const { source, reference } = await openLocalImage(path, wanted)
  const files: Record<string, string> = {}
  try {
    const resolved = await resolveImage(source, reference, platform)
    for (const { blob, diffId } of resolved.images[0]?.layers ?? []) {
      const reading = await readLayer(source, blob, {
        file: () => 'body',
        head: () => undefined,
        content: ({ path: name }, content) => void (files[name] = Buffer.from(content).toString()),
        whiteout: () => undefined,
      })
      expect(reading.diffId).toBe(diffId)
    }
    return files
  } finally {
    await source.close?.()
  }
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  )

describe('an OCI layout', () => {
  it('is read from a folder and from a tar, plain and compressed', async () => {
    const layout = join(folder, 'layout')
    await writeOciLayout(layout, { latest: image })
    const tar = execFileSync('tar', ['-C', layout, '-cf', '-', '.'])
    await writeFile(file, tar)
    await writeFile(`${file}.gz`, gzipSync(tar))
    await writeFile(`${file}.zst`, zstdCompressSync(tar))
    for (const path of [layout, file, `${file}.gz`, `${file}.zst`]) {
      expect(await contents(path)).toEqual({ a: 'one', b: 'two' })
    }
  })

  it('gives the platform of an index, and the image of a name', async () => {
    await writeOciLayout(folder, { both: buildIndex([image, other]), second: other })
    expect(await contents(folder)).toEqual({ a: 'one', b: 'two' })
    expect(await contents(folder, arm64)).toEqual({ c: 'three' })
    expect(await contents(folder, arm64, 'second')).toEqual({ c: 'three' })
    expect(await contents(folder, arm64, other.manifest.digest)).toEqual({ c: 'three' })
    expect((await openLocalImage(folder)).names).toEqual(['both', 'second'])
    await expect(openLocalImage(folder, 'third')).rejects.toThrow('both, second')
  })

  it('is refused where a blob of it is a link to the outside', async () => {
    const layout = join(folder, 'layout')
    await writeOciLayout(layout, { latest: image })
    const [layer] = image.layers
    if (layer === undefined) throw new Error('a layer')
    const blob = join(layout, 'blobs/sha256', digestHex(layer.digest))
    await rename(blob, join(folder, 'elsewhere'))
    await symlink('../../../elsewhere', blob)
    expect(await codeOf(contents(layout))).toBe('local-image-outside')
    // The folder itself may be given by a link.
    await rm(blob)
    await rename(join(folder, 'elsewhere'), blob)
    await symlink('layout', join(folder, 'link'))
    expect(await contents(join(folder, 'link'))).toEqual({ a: 'one', b: 'two' })
  })

  it('says what is missing in it', async () => {
    await writeOciLayout(folder, { latest: image })
    const [layer] = image.layers
    if (layer === undefined) throw new Error('a layer')
    await rm(join(folder, 'blobs/sha256', digestHex(layer.digest)))
    expect(await codeOf(contents(folder))).toBe('blob-not-found')
    await writeFile(join(folder, 'blobs/sha256', digestHex(image.config.digest)), '{}')
    expect(await codeOf(contents(folder))).toBe('blob-digest-mismatch')
    await writeFile(join(folder, 'blobs/sha256', digestHex(image.manifest.digest)), '{}')
    expect(await codeOf(contents(folder))).toBe('manifest-digest-mismatch')
  })
})

describe('what docker save wrote', () => {
  it('is read, plain and compressed', async () => {
    await writeFile(file, dockerArchive(image, ['acme/app:1']))
    await writeFile(`${file}.gz`, gzipSync(dockerArchive(image)))
    expect(await contents(file)).toEqual({ a: 'one', b: 'two' })
    expect(await contents(`${file}.gz`)).toEqual({ a: 'one', b: 'two' })
    expect((await openLocalImage(file)).names).toEqual(['acme/app:1'])
    expect(await contents(file, DEFAULT_PLATFORM, 'acme/app:1')).toEqual({ a: 'one', b: 'two' })
    expect(await codeOf(openLocalImage(file, 'acme/app:2'))).toBe('manifest-not-found')
  })

  /** The archive's entries by hand, for what other tools and other versions write. */
  function archive(layers: readonly string[], entries: readonly TarEntry[]): Uint8Array {
    const manifest = [{ Config: 'config.json', RepoTags: null, Layers: layers }]
    return writeTar([
      { path: 'config.json', content: image.config.bytes },
      ...entries,
      { path: 'manifest.json', content: JSON.stringify(manifest) },
    ])
  }

  it('may have compressed layers, links for layers, and names by digest', async () => {
    const [first, second] = image.layers
    if (first === undefined || second === undefined) throw new Error('two layers')
    const byDigest = `blobs/sha256/${digestHex(second.digest)}`
    await writeFile(
      file,
      archive(
        ['x/layer.tar', byDigest],
        [
          { path: 'x/', type: 'directory' },
          { path: 'x/layer.tar', type: 'symlink', target: '../y/layer.tar' },
          { path: './y/layer.tar', content: first.bytes },
          { path: byDigest, content: second.bytes },
        ],
      ),
    )
    expect(await contents(file)).toEqual({ a: 'one', b: 'two' })
  })

  it('as a folder is refused where a file of it lies outside, by name or by link', async () => {
    const [layer] = image.layers
    if (layer === undefined) throw new Error('a layer')
    const kept = join(folder, 'image')
    const outside = join(folder, 'private.tar')
    await mkdir(kept)
    await writeFile(outside, layer.bytes)
    await writeFile(join(kept, 'config.json'), image.config.bytes)
    await writeFile(join(kept, 'layer.tar'), layer.bytes)
    await symlink('layer.tar', join(kept, 'link.tar'))
    await symlink(outside, join(kept, 'outside.tar'))
    const open = async (named: { readonly Config?: string; readonly Layers: readonly string[] }) => {
      await writeFile(join(kept, 'manifest.json'), JSON.stringify([{ Config: 'config.json', ...named }]))
      return codeOf(openLocalImage(kept))
    }
    expect(await open({ Layers: ['layer.tar', 'link.tar'] })).toBe('no error')
    expect(await open({ Layers: ['../private.tar', 'layer.tar'] })).toBe('local-image-outside')
    expect(await open({ Layers: ['x/../../absent.tar', 'layer.tar'] })).toBe('local-image-outside')
    expect(await open({ Layers: ['layer.tar', 'outside.tar'] })).toBe('local-image-outside')
    expect(await open({ Config: '../private.tar', Layers: [] })).toBe('local-image-outside')
    expect(await open({ Layers: [outside, 'layer.tar'] })).toBe('archive-invalid')
  })

  it('is refused when it is broken, lies, or is something else', async () => {
    const [first, second] = image.layers
    if (first === undefined || second === undefined) throw new Error('two layers')
    const loop: TarEntry = { path: 'a', type: 'symlink', target: 'a' }
    const swapped = [
      { path: 'a', content: second.tar },
      { path: 'b', content: first.tar },
    ]
    const cases: readonly (readonly [string, Uint8Array])[] = [
      ['archive-invalid', archive(['a', 'b'], [])],
      ['archive-invalid', archive(['a', 'b'], [loop])],
      ['layer-size-mismatch layer-digest-mismatch', archive(['a', 'b'], swapped)],
      ['config-layers-mismatch', archive(['a'], swapped)],
      ['archive-invalid', dockerArchive(image).subarray(0, 2_000)],
      ['archive-invalid', gzipSync(dockerArchive(image)).subarray(0, 500)],
      ['archive-invalid', writeTar([{ path: 'readme', content: 'x' }])],
      ['archive-invalid', writeTar([{ path: 'manifest.json', content: '{}' }])],
      ['archive-invalid', writeTar([{ path: 'index.json', content: '{"manifests":[]}' }])],
      ['archive-invalid', bytesOf('no archive at all'.repeat(100))],
    ]
    for (const [codes, bytes] of cases) {
      await writeFile(file, bytes)
      expect(codes.split(' ')).toContain(await codeOf(contents(file)))
    }
    await mkdir(join(folder, 'empty'))
    expect(await codeOf(contents(join(folder, 'empty')))).toBe('archive-invalid')
    expect(await codeOf(contents(join(folder, 'absent')))).toBe('local-image-not-found')
    expect(await codeOf(contents(join(file, 'below')))).toBe('local-image-not-found')
  })
})
