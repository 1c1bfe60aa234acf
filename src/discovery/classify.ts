import {
  AppError,
  type Digest,
  digestBytes,
  formatPlatform,
  platformMatches,
  DEFAULT_PLATFORM,
  type Platform,
  safeText,
} from '../core/index.ts'
import {
  type ImageIndex,
  type ImageManifest,
  type ImageSource,
  isOfContent,
  type PlatformImage,
  parseManifest,
  resolveImage,
} from '../images/index.ts'
import type { ImageKind } from './ports.ts'

/** What looking into a digest told. */
export interface Classification {
  readonly kind: ImageKind
  readonly mediaType: string | null
  /** Compressed bytes; of the default platform where there are several. */
  readonly size: number | null
  readonly builtAt: Date | null
  readonly platforms: readonly {
    readonly manifest: Uint8Array
    readonly platform: string
    readonly size: number | null
  }[]
}

/** Entries of an index of artifacts that are looked into to say of what kind they are. */
const LOOKS = 5

/**
 * Looks into a digest: what it is, for which platforms, when it was built. What is broken for good counts as an image, so
 * that its scan fails with the reason and a person sees it.
 *
 * @throws AppError of kinds that may pass: the image stays unknown until the next discovery
 */
export async function classify(
  source: ImageSource,
  digest: Digest,
  signal?: AbortSignal,
): Promise<Classification> {
  let mediaType: string | null = null
  try {
    const raw = await source.manifest(digest, signal)
    const known: ImageSource = {
      name: source.name,
      manifest: async (reference, each) => (reference === digest ? raw : source.manifest(reference, each)),
      blob: (descriptor, each) => source.blob(descriptor, each),
    }
    const parsed = parseManifest(raw)
    mediaType = parsed.mediaType
    return await look(known, parsed, signal)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // Where the index was there, that nothing that it names is there will not pass.
    const mayCome = mediaType === null && error.kind === 'not-found'
    if (mayCome || !isOfContent(error)) throw error
    const broken = { manifest: digestBytes(digest), platform: '', size: null }
    return { kind: 'image', mediaType, size: null, builtAt: null, platforms: [broken] }
  }
}

async function look(
  source: ImageSource,
  parsed: ImageManifest | ImageIndex,
  signal?: AbortSignal,
): Promise<Classification> {
  if (parsed.type === 'manifest' && parsed.kind !== 'image') {
    return notAnImage(parsed.kind, parsed.mediaType, parsed.size)
  }
  try {
    return await lookIntoImage(source, parsed, signal)
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not-an-image')) throw error
    const kind = parsed.type === 'index' ? await kindOfEntries(source, parsed, signal) : 'other'
    return notAnImage(kind, parsed.mediaType, null)
  }
}

async function lookIntoImage(
  source: ImageSource,
  { digest, mediaType }: ImageManifest | ImageIndex,
  signal?: AbortSignal,
): Promise<Classification> {
  const { images, broken } = await resolveImage(source, digest, 'all', signal)
  const shown = images.find((image) => platformMatches(image.platform, DEFAULT_PLATFORM)) ?? images[0]
  return {
    kind: 'image',
    mediaType,
    size: shown?.manifest.size ?? null,
    builtAt: builtAt(shown),
    platforms: [
      ...images.map(({ manifest, platform }) => platformRow(manifest.digest, platform, manifest.size)),
      // Their scans fail with the reason.
      ...broken.map((each) => platformRow(each.digest, each.platform, null)),
    ],
  }
}

function platformRow(manifest: Digest, platform: Platform | null, size: number | null) {
  const name = platform === null ? '' : safeText(formatPlatform(platform), 100)
  return { manifest: digestBytes(manifest), platform: name, size }
}

/**
 * What an index of artifacts is: the fallback tags `sha256-...` of registries without the referrers API list signatures and
 * attestations so (distribution-spec, Referrers Tag Schema).
 */
async function kindOfEntries(
  source: ImageSource,
  { entries }: ImageIndex,
  signal?: AbortSignal,
): Promise<ImageKind> {
  const kinds = new Set<ImageKind>(entries.map((entry) => (entry.attestation ? 'attestation' : 'unknown')))
  if (kinds.has('unknown') && entries.length <= LOOKS) {
    kinds.delete('unknown')
    for (const { digest, attestation } of entries) {
      if (!attestation) kinds.add(await kindOfManifest(source, digest, signal))
    }
  }
  const [kind = 'other', ...others] = kinds
  return others.length > 0 || kind === 'unknown' || kind === 'image' ? 'other' : kind
}

async function kindOfManifest(source: ImageSource, digest: Digest, signal?: AbortSignal): Promise<ImageKind> {
  try {
    const parsed = parseManifest(await source.manifest(digest, signal))
    return parsed.type === 'manifest' ? parsed.kind : 'other'
  } catch (error) {
    if (error instanceof AppError && isOfContent(error)) return 'other'
    throw error
  }
}

function notAnImage(kind: ImageKind, mediaType: string | null, size: number | null): Classification {
  return { kind, mediaType, size, builtAt: null, platforms: [] }
}

function builtAt(image: PlatformImage | undefined): Date | null {
  const date = new Date(image?.config.created ?? '')
  const year = date.getUTCFullYear()
  return Number.isNaN(date.getTime()) || year < 1 || year > 9999 ? null : date
}
