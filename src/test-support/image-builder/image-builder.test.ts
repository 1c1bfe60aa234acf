import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digestHex } from '../../core/index.ts'
import {
  buildImage,
  buildIndex,
  digestOf,
  dockerArchive,
  memorySource,
  writeOciLayout,
  writeTar,
} from './index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'image-builder-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const longPath = `${'folder/'.repeat(30)}file.txt`

describe('writeTar', () => {
  it('writes what GNU tar reads, long names and links too', () => {
    const file = join(folder, 'a.tar')
    writeFileSync(
      file,
      writeTar([
        { path: 'etc', type: 'directory' },
        { path: 'etc/hosts', content: 'localhost\n', mode: 0o600 },
        { path: 'etc/link', type: 'symlink', target: 'hosts' },
        { path: 'etc/hard', type: 'hardlink', target: 'etc/hosts' },
        { path: longPath, content: 'x'.repeat(1000) },
      ]),
    )
    const listed = execFileSync('tar', ['-tf', file], { encoding: 'utf8' }).trim().split('\n')
    expect(listed).toEqual(['etc', 'etc/hosts', 'etc/link', 'etc/hard', longPath])
    expect(execFileSync('tar', ['-xOf', file, longPath], { encoding: 'utf8' })).toBe('x'.repeat(1000))
  })
})

describe('buildImage', () => {
  it('gives equal bytes for equal listings', () => {
    const listing = {
      layers: [{ files: { 'etc/os-release': 'ID=debian\n' }, whiteouts: ['var/a'], opaque: ['opt'] }],
    }
    expect(buildImage(listing).manifest.digest).toBe(buildImage(listing).manifest.digest)
  })

  it('writes whiteouts and opaque marks as the image specification says', () => {
    const [layer] = buildImage({ layers: [{ whiteouts: ['var/lib/a', 'b'], opaque: ['opt/app'] }] }).layers
    const file = join(folder, 'layer.tar')
    writeFileSync(file, layer?.tar ?? '')
    expect(execFileSync('tar', ['-tf', file], { encoding: 'utf8' }).trim().split('\n')).toEqual([
      'opt/app/.wh..wh..opq',
      'var/lib/.wh.a',
      '.wh.b',
    ])
  })

  it('compresses as asked and states the diff ID of what is inside', () => {
    const files = { a: 'hello' }
    const image = buildImage({
      layers: [{ files }, { files, compression: 'zstd' }, { files, compression: 'none' }],
    })
    const unpack = [gunzipSync, zstdDecompressSync, (bytes: Uint8Array) => bytes]
    image.layers.forEach((layer, index) => {
      expect(digestOf(unpack[index]?.(layer.bytes) ?? new Uint8Array())).toBe(layer.diffId)
    })
    const config: unknown = JSON.parse(Buffer.from(image.config.bytes).toString())
    expect(config).toMatchObject({
      architecture: 'amd64',
      rootfs: { diff_ids: image.layers.map((l) => l.diffId) },
    })
  })
})

describe('the ways out', () => {
  const amd = buildImage({ layers: [{ files: { a: 'amd64' } }] })
  const arm = buildImage({
    layers: [{ files: { a: 'arm64' } }],
    platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
  })
  const index = buildIndex([amd, arm])

  it('serves from memory by tag and digest, and counts', async () => {
    const source = memorySource({ latest: index })
    expect((await source.manifest('latest')).digest).toBe(index.manifest.digest)
    expect((await source.manifest(arm.manifest.digest)).bytes).toBe(arm.manifest.bytes)
    const digest = amd.layers[0]?.digest ?? amd.config.digest
    const bytes = await buffer(await source.blob({ digest, size: 1 }))
    expect(digestOf(bytes)).toBe(digest)
    expect(source.opened).toEqual([digest])
    await expect(source.manifest('other')).rejects.toMatchObject({ code: 'manifest-not-found' })
  })

  it('writes an OCI layout whose blobs are named by their digests', async () => {
    await writeOciLayout(folder, { latest: index })
    for (const digest of [index.manifest.digest, amd.manifest.digest, ...arm.blobs.keys()]) {
      expect(digestOf(readFileSync(join(folder, 'blobs/sha256', digestHex(digest))))).toBe(digest)
    }
    const layout: unknown = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'))
    expect(layout).toMatchObject({
      manifests: [
        { digest: index.manifest.digest, annotations: { 'org.opencontainers.image.ref.name': 'latest' } },
      ],
    })
  })

  it('writes a docker save archive with unpacked layers', () => {
    const file = join(folder, 'saved.tar')
    writeFileSync(file, dockerArchive(amd, ['acme/app:1']))
    const manifest: unknown = JSON.parse(
      execFileSync('tar', ['-xOf', file, 'manifest.json'], { encoding: 'utf8' }),
    )
    expect(manifest).toEqual([
      {
        Config: `${digestHex(amd.config.digest)}.json`,
        RepoTags: ['acme/app:1'],
        Layers: amd.layers.map((layer) => `${digestHex(layer.diffId)}/layer.tar`),
      },
    ])
  })
})
