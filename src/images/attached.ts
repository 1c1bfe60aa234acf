import { type Digest, digestHex, isAppError } from '../core/index.ts'
import { sha256 } from './digests.ts'
import { type Descriptor, type ImageIndex, type ImageManifest, parseManifest } from './manifest.ts'
import type { BlobDescriptor, ImageSource } from './ports.ts'

/** A document that is attached to an image: its blob, and what is said of it. Nothing of it is verified. */
export interface AttachedBlob {
  readonly blob: BlobDescriptor
  readonly mediaType: string
  /** in-toto's type of the statement inside; '' when none is said. */
  readonly predicateType: string
}

/** An image has a handful; cosign stops at 100. */
const MAX_MANIFESTS = 50
const MAX_BLOBS = 100

/**
 * What is attached to an image: BuildKit's attestations in its index (buildkit, attestation-storage.md), what refers to it
 * (image-spec, `subject`; also as the tag `sha256-<hex>`), and cosign's tags `.att` and `.sbom`.
 *
 * @param index of what the image's reference names
 * @param manifest of the platform's manifest
 * @throws AppError of the source, except that something is not there
 */
export async function findAttached(
  source: ImageSource,
  { index, manifest }: { readonly index: Digest; readonly manifest: Digest },
  signal?: AbortSignal,
): Promise<AttachedBlob[]> {
  const found = new Map<Digest, AttachedBlob>()
  const manifests = new Set<string>(await inIndex(source, index, manifest, signal))
  const subjects = [...new Set([manifest, index])]
  const tags = await tagsThere(source, subjects)
  for (const digest of subjects) {
    for (const each of await referring(source, digest, tags, signal)) manifests.add(each)
    for (const tag of cosignTags(digest)) if (tags.has(tag)) manifests.add(tag)
  }
  for (const reference of [...manifests].slice(0, MAX_MANIFESTS)) {
    const read = await open(source, reference, signal)
    if (read?.type !== 'manifest') continue
    for (const layer of read.layers) found.set(layer.digest, attachedBlob(layer))
  }
  return [...found.values()].slice(0, MAX_BLOBS)
}

const referrersTag = (digest: Digest): string => `sha256-${digestHex(digest)}`
const cosignTags = (digest: Digest): string[] =>
  ['att', 'sbom'].map((ending) => `${referrersTag(digest)}.${ending}`)

/** Of the tags that documents can be attached by, those that there are, or that there may be. */
async function tagsThere(source: ImageSource, subjects: readonly Digest[]): Promise<ReadonlySet<string>> {
  const names = subjects.flatMap((digest) => [referrersTag(digest), ...cosignTags(digest)])
  return (await source.knownTags?.(names)) ?? new Set(names)
}

function attachedBlob({ digest, size, mediaType, annotations }: Descriptor): AttachedBlob {
  const predicateType = annotations['in-toto.io/predicate-type'] ?? annotations['predicateType'] ?? ''
  return { blob: { digest, size }, mediaType, predicateType }
}

async function inIndex(
  source: ImageSource,
  index: Digest,
  manifest: Digest,
  signal?: AbortSignal,
): Promise<Digest[]> {
  const read = index === manifest ? undefined : await open(source, index, signal)
  if (read?.type !== 'index') return []
  return read.entries
    .filter((entry) => entry.attestation && entry.annotations['vnd.docker.reference.digest'] === manifest)
    .map(({ digest }) => digest)
}

async function referring(
  source: ImageSource,
  digest: Digest,
  tags: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<Digest[]> {
  const raw = await source.referrers?.(digest, signal)
  const tag = referrersTag(digest)
  if (raw === undefined && !tags.has(tag)) return []
  const read = raw === undefined ? await open(source, tag, signal) : parseManifest(raw)
  return read?.type === 'index' ? read.entries.map((entry) => entry.digest) : []
}

/** @returns undefined when it is not there, or is no manifest that can be read */
async function open(
  source: ImageSource,
  reference: string,
  signal?: AbortSignal,
): Promise<ImageManifest | ImageIndex | undefined> {
  try {
    const raw = await source.manifest(reference, signal)
    return raw.digest === sha256(raw.bytes) ? parseManifest(raw) : undefined
  } catch (error) {
    if (isAppError(error) && (error.kind === 'not-found' || error.kind === 'invalid')) return undefined
    throw error
  }
}
