import { type Digest, DEFAULT_PLATFORM, type Platform } from '../../core/index.ts'
import type { RawManifest } from '../../images/index.ts'
import { type BuiltLayer, buildLayer, type Compression, digestOf, type LayerListing } from './layer.ts'
import { bytesOf } from './tar-writer.ts'

export type MediaTypes = 'oci' | 'docker'

export interface ImageListing {
  readonly layers: readonly LayerListing[]
  readonly platform?: Platform
  /** Of layers that do not say their own; gzip unless stated. */
  readonly compression?: Compression
  readonly mediaTypes?: MediaTypes
  /** Laid over the config that describes the layers: labels, history, a wrong `rootfs`. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Laid over the manifest. */
  readonly manifest?: Readonly<Record<string, unknown>>
}

/** An image of one platform, with every blob that a registry would need. */
export interface BuiltImage {
  readonly kind: 'image'
  readonly manifest: RawManifest
  readonly config: { readonly bytes: Uint8Array; readonly digest: Digest }
  readonly layers: readonly BuiltLayer[]
  readonly platform: Platform
  /** Config and layers, by digest. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>
}

/** An image of several platforms. */
export interface BuiltIndex {
  readonly kind: 'index'
  readonly manifest: RawManifest
  readonly images: readonly BuiltImage[]
  readonly blobs: ReadonlyMap<Digest, Uint8Array>
}

const MEDIA_TYPES = {
  oci: {
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    index: 'application/vnd.oci.image.index.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layers: {
      gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
      zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
      none: 'application/vnd.oci.image.layer.v1.tar',
    },
  },
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layers: {
      gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
      zstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
      none: 'application/vnd.docker.image.rootfs.diff.tar',
    },
  },
} as const

/** Equal listings give equal bytes, on any day. */
export function buildImage(listing: ImageListing): BuiltImage {
  const names = MEDIA_TYPES[listing.mediaTypes ?? 'oci']
  const platform = listing.platform ?? DEFAULT_PLATFORM
  const layers = listing.layers.map((layer) => buildLayer(layer, listing.compression))
  const configBytes = jsonBytes({
    ...platform,
    created: '2024-01-01T00:00:00Z',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map((_, index) => ({
      created: '2024-01-01T00:00:00Z',
      created_by: `layer ${index + 1}`,
    })),
    ...listing.config,
  })
  const config = { bytes: configBytes, digest: digestOf(configBytes) }
  const manifest = rawManifest(names.manifest, {
    schemaVersion: 2,
    mediaType: names.manifest,
    config: descriptor(names.config, configBytes),
    layers: layers.map((layer) => descriptor(names.layers[layer.compression], layer.bytes)),
    ...listing.manifest,
  })
  const blobs = new Map<Digest, Uint8Array>([[config.digest, config.bytes]])
  for (const layer of layers) blobs.set(layer.digest, layer.bytes)
  return { kind: 'image', manifest, config, layers, platform, blobs }
}

/** @param images in the order in which the index lists them */
export function buildIndex(images: readonly BuiltImage[], mediaTypes: MediaTypes = 'oci'): BuiltIndex {
  const names = MEDIA_TYPES[mediaTypes]
  const manifest = rawManifest(names.index, {
    schemaVersion: 2,
    mediaType: names.index,
    manifests: images.map((image) => ({
      ...descriptor(image.manifest.mediaType, image.manifest.bytes),
      platform: image.platform,
    })),
  })
  const blobs = new Map(images.flatMap((image) => [...image.blobs]))
  return { kind: 'index', manifest, images, blobs }
}

/** An OCI artifact that is no image (a chart, a signature, a vulnerability database): one config, plain blobs. */
export function buildArtifact(listing: {
  readonly artifactType?: string
  readonly config: { readonly mediaType: string; readonly bytes: Uint8Array }
  readonly layers: readonly { readonly mediaType: string; readonly bytes: Uint8Array }[]
}): { readonly manifest: RawManifest; readonly blobs: ReadonlyMap<Digest, Uint8Array> } {
  const manifest = rawManifest(MEDIA_TYPES.oci.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.oci.manifest,
    ...(listing.artifactType === undefined ? {} : { artifactType: listing.artifactType }),
    config: descriptor(listing.config.mediaType, listing.config.bytes),
    layers: listing.layers.map((layer) => descriptor(layer.mediaType, layer.bytes)),
  })
  const blobs = [listing.config, ...listing.layers].map((blob) => [digestOf(blob.bytes), blob.bytes] as const)
  return { manifest, blobs: new Map(blobs) }
}

function rawManifest(mediaType: string, content: object): RawManifest {
  const bytes = jsonBytes(content)
  return { bytes, mediaType, digest: digestOf(bytes) }
}

function descriptor(
  mediaType: string,
  bytes: Uint8Array,
): { readonly mediaType: string; readonly digest: Digest; readonly size: number } {
  return { mediaType, digest: digestOf(bytes), size: bytes.length }
}

function jsonBytes(content: object): Uint8Array {
  return bytesOf(JSON.stringify(content))
}
