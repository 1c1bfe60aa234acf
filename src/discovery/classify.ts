import {
  AppError,
  type Digest,
  digestBytes,
  formatPlatform,
  platformMatches,
  DEFAULT_PLATFORM,
  safeText,
} from '../core/index.ts'
import { type ImageSource, type PlatformImage, parseManifest, resolveImage } from '../images/index.ts'
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
  try {
    return await look(source, digest, signal)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'not-an-image') return notAnImage('other', null, null)
    if (error.kind !== 'invalid' && error.kind !== 'unsupported') throw error
    const broken = { manifest: digestBytes(digest), platform: '', size: null }
    return { kind: 'image', mediaType: null, size: null, builtAt: null, platforms: [broken] }
  }
}

async function look(source: ImageSource, digest: Digest, signal?: AbortSignal): Promise<Classification> {
  const raw = await source.manifest(digest, signal)
  const parsed = parseManifest(raw)
  if (parsed.type === 'manifest' && parsed.kind !== 'image') {
    return notAnImage(parsed.kind, parsed.mediaType, parsed.size)
  }
  const asked: ImageSource = {
    name: source.name,
    manifest: async (reference, each) => (reference === digest ? raw : source.manifest(reference, each)),
    blob: (descriptor, each) => source.blob(descriptor, each),
  }
  const { images, mediaType } = await resolveImage(asked, digest, 'all', signal)
  const shown = images.find((image) => platformMatches(image.platform, DEFAULT_PLATFORM)) ?? images[0]
  return {
    kind: 'image',
    mediaType,
    size: shown?.manifest.size ?? null,
    builtAt: builtAt(shown),
    platforms: images.map((image) => ({
      manifest: digestBytes(image.manifest.digest),
      platform: safeText(formatPlatform(image.platform), 100),
      size: image.manifest.size,
    })),
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
