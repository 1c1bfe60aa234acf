import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { AppError, type Digest } from '../core/index.ts'
import {
  buildArtifact,
  buildImage,
  buildIndex,
  bytesOf,
  memorySource,
} from '../test-support/image-builder/index.ts'
import { sha256 } from './digests.ts'
import type { ImageSource, RawManifest } from './ports.ts'
import { readBlob } from './read-blob.ts'
import { resolveImage } from './resolve.ts'

const amd64 = { os: 'linux', architecture: 'amd64' }
const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8' }
const small = buildImage({ layers: [{ files: { a: 'amd64' } }], platform: amd64 })
const large = buildImage({ layers: [{ files: { a: 'arm64' } }, { files: { b: '2' } }], platform: arm64 })
const both = buildIndex([small, large])
const source = memorySource({ one: small, both })

const INDEX = 'application/vnd.oci.image.index.v1+json'
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

function rawOf(document: object, mediaType = INDEX): RawManifest {
  const bytes = bytesOf(JSON.stringify(document))
  return { bytes, mediaType, digest: sha256(bytes) }
}

function indexOf(entries: readonly { manifest: RawManifest; [key: string]: unknown }[]): RawManifest {
  const manifests = entries.map(({ manifest, ...more }) => {
    return { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length, ...more }
  })
  return rawOf({ schemaVersion: 2, mediaType: INDEX, manifests })
}

/** A source of the given manifests, the first under the tag `top`, and the blobs of the two images. */
function sourceOf(...manifests: readonly RawManifest[]): ImageSource {
  const known = new Map<string, RawManifest>(manifests.map((manifest) => [manifest.digest, manifest]))
  const top = manifests[0]
  return {
    ...source,
    manifest: async (reference, signal) =>
      (reference === 'top' ? top : known.get(reference)) ?? source.manifest(reference, signal),
  }
}

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  )

describe('a reference', () => {
  it('leads to the one image of a manifest, whatever its platform', async () => {
    const resolved = await resolveImage(source, 'one', arm64)
    expect(resolved.digest).toBe(small.manifest.digest)
    expect(resolved.images).toMatchObject([
      {
        platform: amd64,
        layers: [{ blob: { digest: small.layers[0]?.digest }, diffId: small.layers[0]?.diffId }],
      },
    ])
  })

  it('leads to a platform of an index, or to all', async () => {
    const one = await resolveImage(source, 'both', { os: 'linux', architecture: 'arm64' })
    expect(one.digest).toBe(both.manifest.digest)
    expect(one.images.map((image) => image.manifest.digest)).toEqual([large.manifest.digest])
    const all = await resolveImage(source, both.manifest.digest, 'all')
    expect(all.images.map(({ platform }) => platform)).toEqual([amd64, arm64])
  })

  it('has the labels of one platform; of all at once nobody needs them', async () => {
    const labelled = buildImage({ layers: [], config: { config: { Labels: { team: 'blue' } } } })
    const of = memorySource({ labelled, index: buildIndex([labelled]) })
    const labels = async (reference: string, wanted: typeof amd64 | 'all'): Promise<unknown> =>
      (await resolveImage(of, reference, wanted)).images[0]?.labels
    expect(await labels('labelled', amd64)).toEqual({ team: 'blue' })
    expect(await labels('index', amd64)).toEqual({ team: 'blue' })
    expect([await labels('labelled', 'all'), await labels('index', 'all')]).toEqual([null, null])
  })

  it('names the platforms that there are', async () => {
    const wanted = { os: 'linux', architecture: 's390x' }
    await expect(resolveImage(source, 'both', wanted)).rejects.toThrow('linux/amd64, linux/arm64/v8')
    expect(await codeOf(resolveImage(source, 'both', wanted))).toBe('platform-not-in-image')
  })

  it('passes over attestations, and asks the config where an index states no platform', async () => {
    const index = indexOf([
      { manifest: large.manifest, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } },
      { manifest: large.manifest, platform: { os: 'unknown', architecture: 'unknown' } },
      { manifest: small.manifest },
    ])
    const all = await resolveImage(sourceOf(index), 'top', 'all')
    expect(all.images.map((image) => image.platform)).toEqual([amd64])
    expect((await resolveImage(sourceOf(index), 'top', amd64)).images).toHaveLength(1)
    expect(await codeOf(resolveImage(sourceOf(index), 'top', arm64))).toBe('platform-not-in-image')
  })

  it('goes through nested indexes, three deep and no further', async () => {
    const inner = indexOf([{ manifest: small.manifest, platform: amd64 }])
    const middle = indexOf([{ manifest: inner }])
    const outer = indexOf([{ manifest: middle }])
    const tooDeep = indexOf([{ manifest: outer }])
    expect((await resolveImage(sourceOf(outer, middle, inner), 'top', amd64)).images).toHaveLength(1)
    expect(await codeOf(resolveImage(sourceOf(tooDeep, outer, middle, inner), 'top', amd64))).toBe(
      'index-too-deep',
    )
  })

  it('leaves out platforms that the registry does not have, with a note', async () => {
    const absent = rawOf({ schemaVersion: 2, absent: true }, MANIFEST)
    const index = indexOf([
      { manifest: absent, platform: arm64 },
      { manifest: small.manifest, platform: amd64 },
    ])
    const resolved = await resolveImage(sourceOf(index), 'top', 'all')
    expect(resolved.images).toHaveLength(1)
    expect(resolved.notes).toEqual([expect.stringContaining(absent.digest)])
    const none = indexOf([{ manifest: absent, platform: arm64 }])
    expect(await codeOf(resolveImage(sourceOf(none), 'top', 'all'))).toBe('manifest-not-found')
  })

  it('tells which platforms are broken, while the others are read', async () => {
    const lying = buildImage({ layers: [{ files: { a: 'b' } }], config: { rootfs: { diff_ids: [] } } })
    const index = indexOf([
      { manifest: lying.manifest, platform: arm64 },
      { manifest: small.manifest, platform: amd64 },
    ])
    const both = memorySource({ lying, one: small })
    const of: ImageSource = {
      ...both,
      manifest: async (reference) => (reference === 'top' ? index : both.manifest(reference)),
    }
    const resolved = await resolveImage(of, 'top', 'all')
    expect(resolved.images.map(({ platform }) => platform)).toEqual([amd64])
    expect(resolved.broken).toMatchObject([
      { digest: lying.manifest.digest, platform: arm64, error: { code: 'config-layers-mismatch' } },
    ])
  })

  it('passes over what an index lists that is no manifest, as a build cache does', async () => {
    const [layer] = small.layers
    const manifests = [
      { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: layer?.digest, size: 5 },
    ]
    const cache = rawOf({ schemaVersion: 2, mediaType: INDEX, manifests })
    expect(await codeOf(resolveImage(sourceOf(cache), 'top', 'all'))).toBe('not-an-image')
  })

  it('marks layers of a type that nobody knows; they are tried all the same', async () => {
    const documents = (type: string): RawManifest => {
      const content = JSON.parse(new TextDecoder().decode(small.manifest.bytes)) as { layers: object[] }
      return rawOf(
        { ...content, layers: content.layers.map((layer) => ({ ...layer, mediaType: type })) },
        MANIFEST,
      )
    }
    const typeOf = async (type: string) =>
      (await resolveImage(sourceOf(documents(type)), 'top', amd64)).images[0]?.layers[0]?.unknownType
    for (const known of [
      '',
      'application/vnd.oci.image.layer.v1.tar',
      'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
      'application/vnd.docker.image.rootfs.diff.tar.gzip',
    ]) {
      expect(await typeOf(known)).toBeUndefined()
    }
    const encrypted = 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted'
    expect(await typeOf(encrypted)).toBe(encrypted)
  })

  it('is refused: a chart, an endless index, a config that names other layers, a wrong digest', async () => {
    const chart = buildArtifact({
      config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', bytes: bytesOf('{}') },
      layers: [],
    })
    expect(await codeOf(resolveImage(sourceOf(chart.manifest), 'top', amd64))).toBe('not-an-image')
    const many = Array.from({ length: 101 }, (_, index) => ({
      manifest: rawOf({ schemaVersion: 2, index }, MANIFEST),
      platform: amd64,
    }))
    expect(await codeOf(resolveImage(sourceOf(indexOf(many)), 'top', 'all'))).toBe('index-too-large')
    const lying = buildImage({ layers: [{ files: { a: 'b' } }], config: { rootfs: { diff_ids: [] } } })
    expect(await codeOf(resolveImage(memorySource({ lying }), 'lying', amd64))).toBe('config-layers-mismatch')
    const wrong = { ...source, manifest: async () => small.manifest }
    expect(await codeOf(resolveImage(wrong, large.manifest.digest, amd64))).toBe('manifest-digest-mismatch')
  })
})

describe('what is held of an image is bounded', () => {
  const padded = (size: number, name = ''): RawManifest => {
    const content = JSON.parse(new TextDecoder().decode(small.manifest.bytes)) as object
    return rawOf({ ...content, annotations: { name, padding: 'x'.repeat(size) } }, MANIFEST)
  }
  const many = Array.from({ length: 20 }, (_, n) => padded(2 ** 20, `${n}`))
  const platforms = many.map((manifest, n) => ({
    manifest,
    platform: { os: 'linux', architecture: `a${n}` },
  }))

  it('over all platforms of an index', async () => {
    const wide = indexOf(platforms)
    const asked: string[] = []
    const of = sourceOf(wide, ...many)
    const counting: ImageSource = {
      ...of,
      manifest: (reference) => {
        asked.push(reference)
        return of.manifest(reference)
      },
    }
    expect(await codeOf(resolveImage(counting, 'top', 'all'))).toBe('index-too-large')
    expect(asked).toHaveLength(17)
    const one = await resolveImage(of, 'top', { os: 'linux', architecture: 'a19' })
    expect(one.images).toHaveLength(1)
    const most = indexOf(platforms.slice(0, 15))
    expect((await resolveImage(sourceOf(most, ...many), 'top', 'all')).images).toHaveLength(15)
  })

  it('and over the indexes that it leads to', async () => {
    const inner = platforms.map((platform, n) => {
      return {
        manifest: indexOf([{ ...platform, annotations: { padding: 'x'.repeat(2 ** 20), n: `${n}` } }]),
      }
    })
    const outer = indexOf(inner)
    const of = sourceOf(outer, ...inner.map(({ manifest }) => manifest), ...many)
    expect(await codeOf(resolveImage(of, 'top', 'all'))).toBe('index-too-large')
  })

  it('in each config, which is refused before a byte is read', async () => {
    const padding = 'x'.repeat(4 * 2 ** 20)
    const large = buildImage({ layers: [], config: { config: { Labels: { padding } } } })
    const of: ImageSource = { ...memorySource({ large }), blob: () => Promise.reject(new Error('opened')) }
    expect(await codeOf(resolveImage(of, 'large', amd64))).toBe('blob-too-large')
  })
})

describe('a small blob', () => {
  const bytes = bytesOf('{"a":1}')
  const digest = sha256(bytes)
  const of = (served: Uint8Array): ImageSource => ({
    ...source,
    blob: async () => Readable.from([served], { objectMode: false }),
  })
  const read = (
    served: Uint8Array,
    size = bytes.length,
    max = 100,
    named: Digest = digest,
  ): Promise<string> => codeOf(readBlob(of(served), { digest: named, size }, max))

  it('is verified before it is given', async () => {
    expect(await readBlob(of(bytes), { digest, size: bytes.length }, 100)).toEqual(Buffer.from(bytes))
    expect(await read(bytesOf('{"a":2}'))).toBe('blob-digest-mismatch')
    expect(await read(bytes.subarray(1))).toBe('blob-digest-mismatch')
    expect(await read(bytesOf('{"a":1} and more'))).toBe('blob-digest-mismatch')
    expect(await read(bytes, 101)).toBe('blob-too-large')
  })
})
