const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const

export const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const

const legacyTypes = new Set([
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
])

const imageConfigTypes = new Set([
  '',
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
])

const chartConfigType = 'application/vnd.cncf.helm.config.v1+json'

const foreignLayer = /foreign|nondistributable/
// Sigstore's signatures and bundles, Notary's signatures.
const signatureType = /simplesigning|notary\.signature|sigstore\.bundle/
const attestationType = /in-toto|dsse\.envelope/

const knownLayer =
  /^$|^application\/vnd\.(?:oci\.image\.layer|docker\.image\.rootfs)\.[a-z0-9.]*tar(?:[.+](?:gzip|zstd))?$/

/** A layer of a container's file system, by image-spec, layer.md, and Docker's words for the same. */
export function isKnownLayer(mediaType: string): boolean {
  return knownLayer.test(mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? '')
}

/** What a manifest is for. Only images are scanned; `other` is every artifact that has no word of its own. */
export type ArtifactKind = 'image' | 'chart' | 'signature' | 'attestation' | 'other'

export type ManifestShape = 'manifest' | 'index' | 'legacy' | undefined

/** The shape that a media type promises; undefined for one that says nothing. Parameters (`; charset=...`) do not count. */
export function shapeOfType(mediaType: string): ManifestShape {
  const bare = mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if ((MANIFEST_TYPES as readonly string[]).includes(bare)) return 'manifest'
  if ((INDEX_TYPES as readonly string[]).includes(bare)) return 'index'
  return legacyTypes.has(bare) ? 'legacy' : undefined
}

export function isForeignLayer(mediaType: string): boolean {
  return foreignLayer.test(mediaType)
}

/**
 * What a manifest is for, by its types. In doubt it is an image: calling an image something else would hide it from the scanner,
 * so `subject` and `artifactType` alone, which anyone may add to an image that still runs, decide nothing.
 *
 * @param layerTypes media types of the layers, in order
 */
export function kindOf(
  configType: string,
  artifactType: string,
  layerTypes: readonly string[],
): ArtifactKind {
  if (configType === chartConfigType) return 'chart'
  const all = (pattern: RegExp): boolean =>
    layerTypes.length > 0 && layerTypes.every((type) => pattern.test(type))
  if (all(signatureType) || (layerTypes.length === 0 && signatureType.test(artifactType))) return 'signature'
  if (all(attestationType)) return 'attestation'
  if (!imageConfigTypes.has(configType)) return signatureType.test(artifactType) ? 'signature' : 'other'
  // A layer of JSON, XML or text unpacks to nothing (SBOMs that are attached under an image's config type).
  if (all(/\+(?:json|xml)$|^application\/json$|^text\//)) return 'other'
  return layerTypes.length === 0 && artifactType !== '' ? 'other' : 'image'
}
