import type { AppError, Digest, Platform } from '../core/index.ts'
import { imageError } from './errors.ts'
import { type ArtifactKind, isForeignLayer, kindOf, type ManifestShape, shapeOfType } from './media-types.ts'
import type { BlobDescriptor, RawManifest } from './ports.ts'
import {
  type DescriptorDocument,
  type IndexDocument,
  indexSchema,
  type ManifestDocument,
  manifestSchema,
  parseJson,
  parseShape,
} from './schema.ts'

/** An OCI descriptor: what names a blob or a manifest, and what is said of it. */
export interface Descriptor extends BlobDescriptor {
  /** '' when none is stated. */
  readonly mediaType: string
  readonly annotations: Readonly<Record<string, string>>
}

/** A manifest: one config and its layers. */
export interface ImageManifest {
  readonly type: 'manifest'
  readonly digest: Digest
  readonly mediaType: string
  readonly kind: ArtifactKind
  readonly config: Descriptor
  readonly layers: readonly (Descriptor & { readonly foreign: boolean })[]
  readonly annotations: Readonly<Record<string, string>>
  /** Compressed bytes of the config and all layers. */
  readonly size: number
}

export interface IndexEntry extends Descriptor {
  /** null when none is stated. */
  readonly platform: Platform | null
  /** A BuildKit attestation of another entry: no platform that runs. */
  readonly attestation: boolean
}

/** An index (Docker: manifest list): the same image for several platforms. */
export interface ImageIndex {
  readonly type: 'index'
  readonly digest: Digest
  readonly mediaType: string
  readonly entries: readonly IndexEntry[]
  readonly annotations: Readonly<Record<string, string>>
}

/** Larger manifests are refused (distribution-spec asks registries for 4 MiB at least). Bytes. */
export const MAX_MANIFEST_SIZE = 8 * 1024 * 1024

/**
 * Reads a manifest or an index, OCI or Docker (image-spec, manifest.md and image-index.md; distribution, manifest-v2-2.md).
 * A missing `mediaType` is filled from the document's fields, then from what the source stated.
 *
 * @throws AppError `manifest-invalid`, `manifest-ambiguous`, `manifest-too-large` (invalid), `manifest-schema1-unsupported` (unsupported)
 */
export function parseManifest(raw: RawManifest): ImageManifest | ImageIndex {
  if (raw.bytes.length > MAX_MANIFEST_SIZE) throw tooLarge(raw.digest)
  const document = parseObject(raw)
  const shape = shapeOf(document, raw)
  if (shape === 'index') return toIndex(parseShape(indexSchema, document, reading(raw)), raw)
  return toManifest(parseShape(manifestSchema, document, reading(raw)), raw)
}

function parseObject(raw: RawManifest): Record<string, unknown> {
  const document = parseJson(raw.bytes, reading(raw))
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    return document as Record<string, unknown>
  }
  throw imageError({ code: 'manifest-invalid', about: `Manifest ${raw.digest} is not a JSON object.` })
}

/**
 * A document that could be read both ways is refused: two readers would see two images (CVE-2021-41190;
 * image-spec, manifest.md, `mediaType`).
 */
function shapeOf(document: Record<string, unknown>, raw: RawManifest): ManifestShape {
  const stated = typeof document['mediaType'] === 'string' ? shapeOfType(document['mediaType']) : undefined
  if (document['schemaVersion'] === 1 || stated === 'legacy' || 'fsLayers' in document) throw legacy(raw)
  const isIndex = 'manifests' in document
  const isManifest = 'layers' in document || 'config' in document
  const served = shapeOfType(raw.mediaType)
  if (served === 'legacy') throw legacy(raw)
  const claims = [isIndex ? 'index' : undefined, isManifest ? 'manifest' : undefined, stated, served]
  const shapes = new Set(claims.filter((claim) => claim !== undefined))
  if (shapes.size > 1) {
    throw imageError({
      code: 'manifest-ambiguous',
      about: `Manifest ${raw.digest} could be read as an image and as an index.`,
    })
  }
  if (isIndex || isManifest) return isIndex ? 'index' : 'manifest'
  throw imageError({
    code: 'manifest-invalid',
    about: `Manifest ${raw.digest} has neither layers nor manifests.`,
  })
}

function legacy(raw: RawManifest): AppError {
  return imageError({
    code: 'manifest-schema1-unsupported',
    about: `Manifest ${raw.digest} has Docker's old format (schema 1), which has no digest of its content.`,
    kind: 'unsupported',
    remedy: 'unsupported',
  })
}

function tooLarge(digest: Digest): AppError {
  return imageError({
    code: 'manifest-too-large',
    about: `Manifest ${digest} is larger than 8 MB.`,
    remedy: 'image',
  })
}

function reading(raw: RawManifest): { code: string; what: string } {
  return { code: 'manifest-invalid', what: `Manifest ${raw.digest}` }
}

function toDescriptor(document: DescriptorDocument): Descriptor {
  const { digest, size, mediaType } = document
  return { digest, size, mediaType, annotations: document.annotations ?? {} }
}

function toManifest(document: ManifestDocument, raw: RawManifest): ImageManifest {
  const layerTypes = document.layers.map((layer) => layer.mediaType)
  return {
    type: 'manifest',
    digest: raw.digest,
    mediaType: document.mediaType || raw.mediaType,
    kind: kindOf(document.config.mediaType, document.artifactType, layerTypes),
    config: toDescriptor(document.config),
    layers: document.layers.map((layer) => ({
      ...toDescriptor(layer),
      foreign: isForeignLayer(layer.mediaType),
    })),
    annotations: document.annotations ?? {},
    size: document.layers.reduce((sum, layer) => sum + layer.size, document.config.size),
  }
}

function toIndex(document: IndexDocument, raw: RawManifest): ImageIndex {
  const entries = document.manifests.map((entry): IndexEntry => {
    const { os, architecture, variant } = entry.platform ?? {}
    const platform = os === undefined || architecture === undefined ? null : { os, architecture }
    return {
      ...toDescriptor(entry),
      platform: platform === null || !variant ? platform : { ...platform, variant },
      // buildkit, docs/attestations/attestation-storage.md
      attestation: entry.annotations?.['vnd.docker.reference.type'] === 'attestation-manifest',
    }
  })
  const annotations = document.annotations ?? {}
  return {
    type: 'index',
    digest: raw.digest,
    mediaType: document.mediaType || raw.mediaType,
    entries,
    annotations,
  }
}
