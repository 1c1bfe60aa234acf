import { createHash } from 'node:crypto'
import { type Digest, digestFromHex } from '../../src/core/index.ts'
import {
  type BuiltImage,
  buildArtifact,
  buildImage,
  bytesOf,
  type LayerListing,
} from '../../src/test-support/image-builder/index.ts'
import type { RegistryServer } from '../../src/test-support/registry-server/index.ts'

const INDEX = 'application/vnd.oci.image.index.v1+json'

interface Document {
  readonly bytes: Uint8Array
  readonly mediaType: string
  readonly digest: Digest
}

function documentOf(mediaType: string, content: object): Document {
  const bytes = bytesOf(JSON.stringify({ schemaVersion: 2, mediaType, ...content }))
  return { bytes, mediaType, digest: digestFromHex(createHash('sha256').update(bytes).digest('hex')) }
}

function entryOf({ mediaType, digest, bytes }: Document, more: object = {}): object {
  return { mediaType, digest, size: bytes.length, ...more }
}

const layer: LayerListing = { files: { 'etc/alpine-release': '3.18.4\n' } }
const imageOf = (architecture: string, os = 'linux'): BuiltImage =>
  buildImage({ layers: [layer, { files: { which: architecture } }], platform: { os, architecture } })
const platformOf = ({ platform }: BuiltImage): object => ({ platform })
const artifact = (configType: string, layerType: string, artifactType?: string) =>
  buildArtifact({
    ...(artifactType === undefined ? {} : { artifactType }),
    config: { mediaType: configType, bytes: bytesOf('{}') },
    layers: [{ mediaType: layerType, bytes: bytesOf(`{"of":"${layerType}"}`) }],
  })
const IMAGE_CONFIG = 'application/vnd.oci.image.config.v1+json'
const FOREIGN = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'

/** An image with the media type of one layer changed, and its blob left out where it is foreign. */
function withLayerType(built: BuiltImage, index: number, mediaType: string): BuiltImage {
  const document = JSON.parse(Buffer.from(built.manifest.bytes).toString('utf8')) as {
    layers: { mediaType: string; digest: Digest }[]
  }
  const changed = document.layers[index]
  if (changed === undefined) throw new Error('no such layer')
  changed.mediaType = mediaType
  const blobs = new Map(built.blobs)
  if (mediaType === FOREIGN) blobs.delete(changed.digest)
  return { ...built, manifest: documentOf(built.manifest.mediaType, document), blobs }
}

const amd64 = imageOf('amd64')
const arm64 = imageOf('arm64')
const s390x = imageOf('s390x')
const attestation = artifact(IMAGE_CONFIG, 'application/vnd.in-toto+json')
const signature = artifact(IMAGE_CONFIG, 'application/vnd.dev.cosign.simplesigning.v1+json')
const broken = buildImage({
  layers: [layer],
  config: { rootfs: { type: 'layers', diff_ids: [] } },
  platform: { os: 'linux', architecture: 'ppc64le' },
})
const absent = documentOf('application/vnd.oci.image.manifest.v1+json', { config: {}, layers: [] })
const hex = amd64.manifest.digest.slice(7)

const nested = documentOf(INDEX, { manifests: [entryOf(s390x.manifest, platformOf(s390x))] })
const index = documentOf(INDEX, {
  manifests: [
    entryOf(amd64.manifest, platformOf(amd64)),
    entryOf(amd64.manifest, { platform: { os: 'linux', architecture: 'amd64', variant: 'v2' } }),
    entryOf(attestation.manifest, {
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': amd64.manifest.digest,
      },
    }),
    entryOf(arm64.manifest, platformOf(arm64)),
    entryOf(nested),
  ],
})

interface Held {
  readonly manifest: { readonly bytes: Uint8Array; readonly mediaType: string }
  readonly blobs?: ReadonlyMap<string, Uint8Array>
}

/** What one tag of a registry holds, and how it is to be shown. */
export interface Thing {
  readonly tag?: string
  readonly manifest: Held['manifest']
  readonly blobs?: ReadonlyMap<string, Uint8Array>
  /** Manifests and blobs that have no tag. */
  readonly beside?: readonly Held[]
  readonly shown: {
    readonly kind: string
    readonly scanStatus: string | null
    readonly platforms?: readonly string[]
    /** Code and beginning of the message. */
    readonly reason?: readonly [code: string, message: string]
    /** Beginning of the first note. */
    readonly note?: string
  }
}

const windows = withLayerType(imageOf('amd64', 'windows'), 0, FOREIGN)
const scrambled = withLayerType(
  buildImage({ layers: [layer] }),
  0,
  'application/vnd.oci.image.layer.v1.tar+gzip+encrypted',
)
const noTar = bytesOf('these bytes are no tar, and none that gzip or zstd wrote')
const noTarDigest = digestFromHex(createHash('sha256').update(noTar).digest('hex'))
const encrypted = documentOf(scrambled.manifest.mediaType, {
  ...(JSON.parse(Buffer.from(scrambled.manifest.bytes).toString('utf8')) as object),
  layers: [
    {
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted',
      digest: noTarDigest,
      size: noTar.length,
    },
  ],
})

export const things: Readonly<Record<string, Thing>> = {
  index: {
    manifest: index,
    beside: [amd64, arm64, s390x, attestation, { manifest: nested }],
    shown: {
      kind: 'image',
      scanStatus: 'Completed',
      platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x'],
    },
  },
  chart: {
    ...artifact(
      'application/vnd.cncf.helm.config.v1+json',
      'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    ),
    shown: { kind: 'chart', scanStatus: null },
  },
  'cosign-signature': {
    tag: `sha256-${hex}.sig`,
    ...signature,
    shown: { kind: 'signature', scanStatus: null },
  },
  'cosign-attestation': {
    tag: `sha256-${hex}.att`,
    ...artifact(IMAGE_CONFIG, 'application/vnd.dsse.envelope.v1+json'),
    shown: { kind: 'attestation', scanStatus: null },
  },
  'cosign-sbom': {
    tag: `sha256-${hex}.sbom`,
    ...artifact(IMAGE_CONFIG, 'application/vnd.cyclonedx+xml'),
    shown: { kind: 'other', scanStatus: null },
  },
  'referrers-tag': {
    tag: `sha256-${hex}`,
    manifest: documentOf(INDEX, {
      manifests: [
        entryOf(signature.manifest, { artifactType: 'application/vnd.dev.cosign.simplesigning.v1+json' }),
      ],
    }),
    beside: [signature],
    shown: { kind: 'signature', scanStatus: null },
  },
  'attestation-alone': { ...attestation, shown: { kind: 'attestation', scanStatus: null } },
  artifact: {
    ...artifact('application/vnd.wasm.config.v0+json', 'application/wasm'),
    shown: { kind: 'other', scanStatus: null },
  },
  'build-cache': {
    manifest: documentOf(INDEX, {
      manifests: [
        { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: noTarDigest, size: 5 },
        { mediaType: 'application/vnd.buildkit.cacheconfig.v0', digest: noTarDigest, size: 5 },
      ],
    }),
    shown: { kind: 'other', scanStatus: null },
  },
  schema1: {
    manifest: {
      bytes: bytesOf(
        '{"schemaVersion":1,"name":"old","tag":"1","architecture":"amd64","fsLayers":[],"history":[]}',
      ),
      mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
    },
    shown: {
      kind: 'image',
      scanStatus: 'Failed',
      reason: ['manifest-schema1-unsupported', 'unsupported: '],
    },
  },
  windows: {
    manifest: windows.manifest,
    blobs: windows.blobs,
    shown: {
      kind: 'image',
      scanStatus: 'Completed',
      platforms: ['windows/amd64'],
      note: 'unsupported: ',
    },
  },
  'foreign-only': {
    ...withLayerType(buildImage({ layers: [layer] }), 0, FOREIGN),
    shown: {
      kind: 'image',
      scanStatus: 'Failed',
      reason: ['image-layers-foreign', 'unsupported: every layer'],
    },
  },
  'unknown-layer-type': {
    manifest: encrypted,
    blobs: new Map<string, Uint8Array>([...scrambled.blobs, [noTarDigest, noTar]]),
    shown: {
      kind: 'image',
      scanStatus: 'Failed',
      reason: ['layer-type-unsupported', 'unsupported: layer sha256:'],
    },
  },
  'one-platform-broken': {
    manifest: documentOf(INDEX, {
      manifests: [entryOf(amd64.manifest, platformOf(amd64)), entryOf(broken.manifest, platformOf(broken))],
    }),
    beside: [amd64, broken],
    shown: {
      kind: 'image',
      scanStatus: 'Failed',
      platforms: ['linux/amd64', 'linux/ppc64le'],
      reason: ['config-layers-mismatch', 'Image sha256:'],
    },
  },
  'nothing-behind-it': {
    manifest: documentOf(INDEX, { manifests: [entryOf(absent, platformOf(amd64))] }),
    shown: { kind: 'image', scanStatus: 'Failed', reason: ['manifest-not-found', ''] },
  },
}

/** Puts each thing into a repository of its name. */
export function putThings(registry: Pick<RegistryServer, 'put'>): void {
  for (const [name, { tag = 'latest', manifest, blobs, beside = [] }] of Object.entries(things)) {
    const repository = `things/${name}`
    for (const each of beside) registry.put({ repository, ...each })
    registry.put({ repository, tags: [tag], manifest, ...(blobs === undefined ? {} : { blobs }) })
  }
}
