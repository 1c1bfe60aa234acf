import { AppError, isDigest, parseImageReference, type ImageReference } from '../core/index.ts'
import type { BlobDescriptor, RawManifest } from '../images/index.ts'

const layerType = 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip'
const schemaTag = '2'
const maxLayerBytes = 4 * 1024 ** 3

/** Trivy's public databases, in the order in which Trivy asks them. */
export const DEFAULT_DATABASE_REFERENCES: readonly string[] = [
  'mirror.gcr.io/aquasec/trivy-db:2',
  'ghcr.io/aquasecurity/trivy-db:2',
]

/**
 * A database's reference; no tag means the schema version, as for Trivy's `--db-repository`.
 * @throws AppError `image-reference-invalid` (invalid)
 */
export function parseDatabaseReference(text: string): ImageReference {
  const reference = parseImageReference(text)
  const isBare = reference.digest === undefined && reference.tag === 'latest' && !text.endsWith(':latest')
  return isBare ? { ...reference, tag: schemaTag } : reference
}

/**
 * The database's layer in an artifact's manifest.
 * @throws AppError `database-artifact-invalid` (invalid)
 */
export function databaseLayer(manifest: RawManifest): BlobDescriptor {
  const layers = layersOf(manifest.bytes).filter((layer) => layer['mediaType'] === layerType)
  const [layer] = layers
  if (layer === undefined || layers.length > 1)
    throw invalid(`it has ${layers.length} layers of a database, not one`)
  const { digest, size } = layer
  if (typeof digest !== 'string' || !isDigest(digest)) throw invalid('its layer has no sha256 digest')
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw invalid('its layer has no size')
  if (size > maxLayerBytes) throw invalid('its layer is larger than any vulnerability database')
  return { digest, size }
}

function layersOf(bytes: Uint8Array): readonly Readonly<Record<string, unknown>>[] {
  let manifest: unknown
  try {
    manifest = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw invalid('its manifest is not JSON', cause)
  }
  const layers = (manifest as { layers?: unknown } | null)?.layers
  if (!Array.isArray(layers)) throw invalid('its manifest has no layers')
  return layers.filter((layer) => typeof layer === 'object' && layer !== null) as Record<string, unknown>[]
}

function invalid(why: string, cause?: unknown): AppError {
  return new AppError({
    code: 'database-artifact-invalid',
    kind: 'invalid',
    publicMessage: `The artifact is no vulnerability database: ${why}.`,
    remedy: "Name an artifact in Trivy's form, such as ghcr.io/aquasecurity/trivy-db:2.",
    cause,
  })
}
