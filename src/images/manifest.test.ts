import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../core/index.ts'
import { buildArtifact, buildImage, buildIndex, bytesOf } from '../test-support/image-builder/index.ts'
import { boundMemory } from '../test-support/memory.ts'
import { scaled } from '../test-support/scale.ts'
import { parseConfig } from './config.ts'
import { sha256 } from './digests.ts'
import { parseManifest } from './manifest.ts'
import type { RawManifest } from './ports.ts'

boundMemory()

function raw(document: unknown, mediaType = ''): RawManifest {
  const bytes = document instanceof Uint8Array ? document : bytesOf(JSON.stringify(document))
  return { bytes, mediaType, digest: sha256(bytes) }
}

const image = buildImage({ layers: [{ files: { a: 'b' } }, { files: { c: 'd' } }] })
const digest = image.manifest.digest
const documentOf = (manifest: RawManifest): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(manifest.bytes)) as Record<string, unknown>
const descriptor = (mediaType: string): object => ({ mediaType, digest, size: 5 })

function codeOf(action: () => unknown): string {
  try {
    action()
    return 'no error'
  } catch (error) {
    return error instanceof AppError ? error.code : String(error)
  }
}

describe('a manifest', () => {
  it.each(['oci', 'docker'] as const)('of an image is read: %s', (mediaTypes) => {
    const built = buildImage({ layers: [{ files: { a: 'b' } }], mediaTypes })
    const manifest = parseManifest(built.manifest)
    expect(manifest).toMatchObject({
      type: 'manifest',
      kind: 'image',
      digest: built.manifest.digest,
      config: { digest: built.config.digest, size: built.config.bytes.length },
      layers: [{ digest: built.layers[0]?.digest, foreign: false }],
      size: built.config.bytes.length + (built.layers[0]?.bytes.length ?? 0),
    })
  })

  it('may leave its media type to its fields, and may be served as plain JSON', () => {
    const { mediaType: _, ...bare } = documentOf(image.manifest)
    expect(parseManifest(raw(bare))).toMatchObject({ type: 'manifest', kind: 'image', mediaType: '' })
    expect(parseManifest(raw(bare, 'application/json; charset=utf-8')).type).toBe('manifest')
    const { mediaType: __, ...index } = documentOf(buildIndex([image]).manifest)
    expect(parseManifest(raw(index)).type).toBe('index')
  })

  it('marks layers that registries may not have', () => {
    const types = [
      'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
      'application/vnd.oci.image.layer.v1.tar',
    ]
    const manifest = parseManifest(raw({ ...documentOf(image.manifest), layers: types.map(descriptor) }))
    expect(manifest).toMatchObject({ layers: [{ foreign: true }, { foreign: true }, { foreign: false }] })
  })

  it.each([
    [
      'chart',
      'application/vnd.cncf.helm.config.v1+json',
      'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
      '',
    ],
    [
      'signature',
      'application/vnd.oci.image.config.v1+json',
      'application/vnd.dev.cosign.simplesigning.v1+json',
      '',
    ],
    [
      'signature',
      'application/vnd.oci.empty.v1+json',
      'application/jose+json',
      'application/vnd.cncf.notary.signature',
    ],
    ['attestation', 'application/vnd.oci.image.config.v1+json', 'application/vnd.in-toto+json', ''],
    ['attestation', 'application/vnd.oci.image.config.v1+json', 'application/vnd.dsse.envelope.v1+json', ''],
    ['other', 'application/vnd.oci.image.config.v1+json', 'application/spdx+json', ''],
    [
      'other',
      'application/vnd.aquasec.trivy.config.v1+json',
      'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip',
      '',
    ],
    [
      'image',
      'application/vnd.oci.image.config.v1+json',
      'application/vnd.oci.image.layer.v1.tar',
      'made/up',
    ],
  ])('says what it is for: %s', (kind, configType, layerType, artifactType) => {
    const bytes = bytesOf('{}')
    const { manifest } = buildArtifact({
      ...(artifactType === '' ? {} : { artifactType }),
      config: { mediaType: configType, bytes },
      layers: [{ mediaType: layerType, bytes }],
    })
    expect(parseManifest(manifest)).toMatchObject({ kind })
  })

  it('is refused when it could be read in two ways', () => {
    const both = { ...documentOf(image.manifest), manifests: [] }
    expect(codeOf(() => parseManifest(raw(both)))).toBe('manifest-ambiguous')
    const served = 'application/vnd.oci.image.index.v1+json'
    expect(codeOf(() => parseManifest({ ...image.manifest, mediaType: served }))).toBe('manifest-ambiguous')
    const stated = { ...documentOf(image.manifest), mediaType: served }
    expect(codeOf(() => parseManifest(raw(stated)))).toBe('manifest-ambiguous')
  })

  it('of schema 1 is refused as unsupported', () => {
    const document = { schemaVersion: 1, fsLayers: [], history: [] }
    expect(codeOf(() => parseManifest(raw(document)))).toBe('manifest-schema1-unsupported')
  })

  it('is refused with the field that does not fit', () => {
    const broken = { ...documentOf(image.manifest), layers: [{ mediaType: '', digest: 'sha512:x', size: 5 }] }
    expect(() => parseManifest(raw(broken))).toThrow('"layers.0.digest": not a sha256 digest')
    const refused = [bytesOf('<html>'), bytesOf('[]'), bytesOf('null'), {}, Uint8Array.of(0xff, 0xfe)]
    for (const document of refused) {
      expect(codeOf(() => parseManifest(raw(document)))).toBe('manifest-invalid')
    }
    const large = new Uint8Array(8 * 1024 * 1024 + 1)
    expect(codeOf(() => parseManifest(raw(large)))).toBe('manifest-too-large')
  })

  it('never fails in another way', { timeout: scaled(30_000, 7_200_000) }, () => {
    const seeds = [image.manifest, buildIndex([image]).manifest]
    const mutation = fc.tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }),
    )
    fc.assert(
      fc.property(mutation, ([seed, edits]) => {
        const bytes = Uint8Array.from(seed.bytes)
        for (const [at, value] of edits) bytes[at % bytes.length] = value
        expect(codeOf(() => parseManifest(raw(bytes)))).toMatch(/^no error$|^manifest-/)
      }),
      { numRuns: scaled(500, 1_000_000) },
    )
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(codeOf(() => parseManifest(raw(bytesOf(text))))).toMatch(/^no error$|^manifest-/)
        expect(codeOf(() => parseConfig(bytesOf(text), digest))).toMatch(/^no error$|^config-invalid$/)
      }),
      { numRuns: scaled(500, 1_000_000) },
    )
  })
})

describe('a config', () => {
  it('is read leniently: what is missing is empty', () => {
    expect(parseConfig(image.config.bytes, image.config.digest)).toMatchObject({
      os: 'linux',
      architecture: 'amd64',
      variant: null,
      diffIds: image.layers.map((layer) => layer.diffId),
    })
    expect(parseConfig(bytesOf('{"config":null,"rootfs":null}'), digest)).toMatchObject({
      os: '',
      created: null,
      diffIds: [],
      labels: {},
    })
  })

  it('has labels that are texts', () => {
    const labelled = (labels: string) => parseConfig(bytesOf(`{"config":{"Labels":${labels}}}`), digest)
    expect(labelled('{"a":"b","__proto__":"c"}').labels).toEqual(JSON.parse('{"a":"b","__proto__":"c"}'))
    for (const wrong of ['{"a":1}', '{"a":"b","c":null}', '["a"]', '"a"']) {
      expect(codeOf(() => labelled(wrong))).toBe('config-invalid')
    }
  })

  it('is refused when it is none', () => {
    expect(codeOf(() => parseConfig(bytesOf('{"rootfs":{"diff_ids":["x"]}}'), digest))).toBe('config-invalid')
    expect(codeOf(() => parseConfig(bytesOf('nothing'), digest))).toBe('config-invalid')
  })
})
