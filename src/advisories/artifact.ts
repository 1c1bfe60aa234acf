import { AppError, isDigest, parseImageReference, type ImageReference } from '../core/index.ts'
import type { BlobDescriptor, RawManifest } from '../images/index.ts'
import { type DatabaseKind, vulnerabilityDatabase } from './kind.ts'

const maxLayerBytes = 4 * 1024 ** 3

/**
 * A database's reference; no tag means the schema version, as for Trivy's `--db-repository`.
 * @throws AppError `image-reference-invalid` (invalid)
 */
export function parseDatabaseReference(text: string, kind = vulnerabilityDatabase): ImageReference {
  const reference = parseImageReference(text)
  const isBare = reference.digest === undefined && reference.tag === 'latest' && !text.endsWith(':latest')
  return isBare ? { ...reference, tag: String(kind.schemaVersion) } : reference
}

/**
 * The database's layer in an artifact's manifest.
 * @throws AppError `database-artifact-invalid` (invalid)
 */
export function databaseLayer(manifest: RawManifest, kind = vulnerabilityDatabase): BlobDescriptor {
  const invalid = (why: string): AppError => notAnArtifact(kind, why)
  const layers = layersOf(manifest.bytes, kind).filter((layer) => layer['mediaType'] === kind.layerType)
  const [layer] = layers
  if (layer === undefined || layers.length > 1)
    throw invalid(`it has ${layers.length} layers of a database, not one`)
  const { digest, size } = layer
  if (typeof digest !== 'string' || !isDigest(digest)) throw invalid('its layer has no sha256 digest')
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw invalid('its layer has no size')
  if (size > maxLayerBytes) throw invalid(`its layer is larger than any ${kind.name}`)
  return { digest, size }
}

function layersOf(bytes: Uint8Array, kind: DatabaseKind): readonly Readonly<Record<string, unknown>>[] {
  let manifest: unknown
  try {
    manifest = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw notAnArtifact(kind, 'its manifest is not JSON', cause)
  }
  const layers = (manifest as { layers?: unknown } | null)?.layers
  if (!Array.isArray(layers)) throw notAnArtifact(kind, 'its manifest has no layers')
  return layers.filter((layer) => typeof layer === 'object' && layer !== null) as Record<string, unknown>[]
}

function notAnArtifact(kind: DatabaseKind, why: string, cause?: unknown): AppError {
  return new AppError({
    code: 'database-artifact-invalid',
    kind: 'invalid',
    publicMessage: `The artifact is no ${kind.name}: ${why}.`,
    remedy: `Name an artifact in Trivy's form, such as ${kind.references.at(-1)}.`,
    cause,
  })
}
