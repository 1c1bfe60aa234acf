import {
  AppError,
  type Digest,
  formatPlatform,
  isDigest,
  type Platform,
  platformMatches,
  safeText,
} from '../core/index.ts'
import { type ImageConfig, MAX_CONFIG_SIZE, parseConfig } from './config.ts'
import { sha256 } from './digests.ts'
import { imageError } from './errors.ts'
import { type ImageIndex, type ImageManifest, type IndexEntry, parseManifest } from './manifest.ts'
import { isKnownLayer, shapeOfType } from './media-types.ts'
import { meteredSource } from './metered-source.ts'
import type { ImageSource, LayerReference } from './ports.ts'
import { readBlob } from './read-blob.ts'

/** An image of one platform: what is indexed. */
export interface PlatformImage {
  readonly manifest: ImageManifest
  readonly config: Omit<ImageConfig, 'labels'>
  /** Of the config; null where all platforms were asked for: nobody needs so many of them at once. */
  readonly labels: ImageConfig['labels'] | null
  readonly platform: Platform
  /** From the base up. */
  readonly layers: readonly LayerReference[]
}

/** What a reference leads to. */
export interface ResolvedImage {
  /** Of the manifest or index that the reference names. */
  readonly digest: Digest
  readonly mediaType: string
  /** One for a plain manifest or a stated platform; else one for each platform, in the index's order. */
  readonly images: readonly PlatformImage[]
  /** Platforms that the index names and the source does not have, each a sentence. */
  readonly notes: readonly string[]
  /** Platforms that cannot be read, and why: the others do not suffer by them. */
  readonly broken: readonly BrokenPlatform[]
}

export interface BrokenPlatform {
  readonly digest: Digest
  /** As the index states it. */
  readonly platform: Platform | null
  readonly error: AppError
}

const MAX_DEPTH = 3
const MAX_ENTRIES = 100
/** Manifests and configs of all platforms of an index, which are held at once; real ones have some 100 KB. Bytes. */
const MAX_READ = 16 * 1024 * 1024

/**
 * Follows a reference through indexes (at most three deep; attestations skipped) to manifests and their configs.
 * A plain manifest is taken whatever its platform is.
 *
 * @param wanted a platform, or all of an index
 * @throws AppError `platform-not-in-image` (not-found) naming those that are; `not-an-image` (unsupported);
 *   `index-too-deep`, `index-too-large`, `config-layers-mismatch` (invalid); those of parsing and of the source
 */
export async function resolveImage(
  origin: ImageSource,
  reference: string,
  wanted: Platform | 'all',
  signal?: AbortSignal,
): Promise<ResolvedImage> {
  const { source, read } = meteredSource(origin)
  const top = await fetchManifest(source, reference, signal)
  const { digest, mediaType } = top
  if (top.type === 'manifest') {
    const image = await platformImage(source, top, null, signal)
    const images = [wanted === 'all' ? withoutLabels(image) : image]
    return { digest, mediaType, images, notes: [], broken: [] }
  }
  const checkRead = (): void => {
    if (read() > MAX_READ) throw tooLarge(digest, `${MAX_READ} bytes of manifests and configs`)
  }
  const entries = await flatten(top, {
    wanted,
    seen: new Set(),
    open: async (entry) => {
      const inner = await fetchManifest(source, entry, signal)
      checkRead()
      return inner
    },
  })
  if (wanted === 'all') {
    return { digest, mediaType, ...(await allPlatforms(source, entries, checkRead, signal)) }
  }
  const image = await onePlatform(source, entries, wanted, signal)
  return { digest, mediaType, images: [image], notes: [], broken: [] }
}

async function fetchManifest(
  source: ImageSource,
  reference: string,
  signal?: AbortSignal,
): Promise<ImageManifest | ImageIndex> {
  const raw = await source.manifest(reference, signal)
  const digest = sha256(raw.bytes)
  if (raw.digest !== digest || (isDigest(reference) && reference !== digest)) {
    throw imageError({
      code: 'manifest-digest-mismatch',
      about: `Manifest ${reference} has the digest ${digest}.`,
    })
  }
  return parseManifest(raw)
}

interface Walk {
  readonly wanted: Platform | 'all'
  /** Every manifest and index named so far: each counts once, so that no index makes us ask without end. */
  readonly seen: Set<Digest>
  readonly open: (digest: Digest) => Promise<ImageManifest | ImageIndex>
}

/**
 * The manifests of an index and of the indexes in it. Indexes for other platforms are not opened; entries whose type is that of no
 * manifest (the layers that a build cache lists) are none.
 */
async function flatten(index: ImageIndex, walk: Walk, depth = 1): Promise<IndexEntry[]> {
  const { wanted, seen } = walk
  const found: IndexEntry[] = []
  for (const entry of index.entries) {
    if (isNoImage(entry) || seen.has(entry.digest)) continue
    const fits = wanted === 'all' || entry.platform === null || platformMatches(entry.platform, wanted)
    const isIndex = shapeOfType(entry.mediaType) === 'index'
    if (isIndex && !fits) continue
    seen.add(entry.digest)
    if (seen.size > MAX_ENTRIES) throw tooLarge(index.digest, `${MAX_ENTRIES} manifests`)
    if (!isIndex) {
      found.push(entry)
      continue
    }
    if (depth === MAX_DEPTH) {
      throw imageError({
        code: 'index-too-deep',
        about: `Index ${entry.digest} lies more than ${MAX_DEPTH} indexes deep.`,
      })
    }
    const inner = await walk.open(entry.digest)
    if (inner.type === 'index') found.push(...(await flatten(inner, walk, depth + 1)))
  }
  return found
}

function isNoImage({ attestation, platform, mediaType }: IndexEntry): boolean {
  if (attestation || platform?.os === 'unknown') return true
  return mediaType !== '' && shapeOfType(mediaType) === undefined
}

function tooLarge(digest: Digest, most: string): AppError {
  const about = `Index ${digest} leads to more than ${most}.`
  return imageError({ code: 'index-too-large', about, remedy: 'limit' })
}

/** An entry without a platform may be any: its config is asked, after all that say what they are. */
async function onePlatform(
  source: ImageSource,
  entries: readonly IndexEntry[],
  wanted: Platform,
  signal?: AbortSignal,
): Promise<PlatformImage> {
  const stated = entries.find((entry) => entry.platform !== null && platformMatches(entry.platform, wanted))
  if (stated !== undefined) return entryImage(source, stated, signal)
  const offered = entries.flatMap((entry) => entry.platform ?? [])
  for (const entry of entries.filter(({ platform }) => platform === null)) {
    const image = await entryImage(source, entry, signal)
    if (platformMatches(image.platform, wanted)) return image
    offered.push(image.platform)
  }
  const names = offered.map((platform) => safeText(formatPlatform(platform), 60)).join(', ')
  throw new AppError({
    code: 'platform-not-in-image',
    kind: 'not-found',
    publicMessage: `The image has nothing for ${formatPlatform(wanted)}; it has: ${names || 'no platform at all'}.`,
    remedy: 'Choose one of these platforms.',
  })
}

/** @param check called between groups of entries; its throw ends all */
async function allPlatforms(
  source: ImageSource,
  entries: readonly IndexEntry[],
  check: () => void,
  signal?: AbortSignal,
): Promise<Pick<ResolvedImage, 'images' | 'notes' | 'broken'>> {
  const results = await mapBounded(entries, check, async (entry) => {
    try {
      return withoutLabels(await entryImage(source, entry, signal))
    } catch (error) {
      if (error instanceof AppError && isOfContent(error)) {
        return { digest: entry.digest, platform: entry.platform, error }
      }
      throw error
    }
  })
  const images = results.filter((result) => 'layers' in result)
  const failures = results.filter((result) => 'error' in result)
  if (images.length === 0 && failures[0] !== undefined) throw failures[0].error
  if (images.length === 0) throw notAnImage('The index names no image.')
  const [absent, broken] = [failures.filter(isAbsent), failures.filter((failure) => !isAbsent(failure))]
  const notes = absent.map(({ error }) => `A platform was left out: ${error.publicMessage}`)
  return { images, notes, broken }
}

/** Codes of the way to a registry and of signing in there: certificates, proxies, a web page in its place. */
const ofTheWay =
  /^(address|certificate|insecure|proxy|realm|redirect|tls|token|url)-|^not-(tls|http|a-registry)$|^registry-firewall$/

/** Whether it is the way to the registry that fails: then it does so for everything that is there. */
export function isOfTheWay({ code }: AppError): boolean {
  return ofTheWay.test(code)
}

/** Whether it is what one image or platform is that fails, for good, and not the way to it. */
export function isOfContent(error: AppError): boolean {
  const { kind } = error
  return (kind === 'not-found' || kind === 'invalid' || kind === 'unsupported') && !isOfTheWay(error)
}

function isAbsent({ error }: BrokenPlatform): boolean {
  return error.kind === 'not-found' || error.code === 'not-an-image'
}

async function entryImage(
  source: ImageSource,
  entry: IndexEntry,
  signal?: AbortSignal,
): Promise<PlatformImage> {
  const manifest = await fetchManifest(source, entry.digest, signal)
  if (manifest.type === 'manifest') return platformImage(source, manifest, entry.platform, signal)
  throw imageError({
    code: 'index-too-deep',
    about: `Manifest ${entry.digest} is an index where an image was announced.`,
  })
}

async function platformImage(
  source: ImageSource,
  manifest: ImageManifest,
  stated: Platform | null,
  signal?: AbortSignal,
): Promise<PlatformImage> {
  if (manifest.kind !== 'image') {
    const names = {
      chart: 'a Helm chart',
      signature: 'a signature',
      attestation: 'an attestation',
      other: 'an artifact',
    }
    throw notAnImage(`${manifest.digest} is ${names[manifest.kind]}.`)
  }
  const config = parseConfig(
    await readBlob(source, manifest.config, MAX_CONFIG_SIZE, signal),
    manifest.config.digest,
  )
  if (config.diffIds.length !== manifest.layers.length) {
    const about = `Image ${manifest.digest} has ${manifest.layers.length} layers; its config names ${config.diffIds.length}.`
    throw imageError({ code: 'config-layers-mismatch', about })
  }
  const { labels, ...rest } = config
  const platform = stated ?? platformOf(config)
  return { manifest, config: rest, labels, platform, layers: layersOf(manifest, config) }
}

function withoutLabels(image: PlatformImage): PlatformImage {
  return { ...image, labels: null }
}

function notAnImage(publicMessage: string): AppError {
  const remedy = 'Only container images are scanned.'
  return new AppError({ code: 'not-an-image', kind: 'unsupported', publicMessage, remedy })
}

function platformOf({ os, architecture, variant }: ImageConfig): Platform {
  return { os, architecture, ...(variant === null ? {} : { variant }) }
}

function layersOf(manifest: ImageManifest, config: ImageConfig): LayerReference[] {
  return config.diffIds.flatMap((diffId, index) => {
    const layer = manifest.layers[index]
    if (layer === undefined) return []
    const blob = { digest: layer.digest, size: layer.size }
    const unknownType = isKnownLayer(layer.mediaType) ? {} : { unknownType: layer.mediaType }
    return [{ blob, diffId, ...(layer.foreign ? { foreign: true } : {}), ...unknownType }]
  })
}

/** In order, four at a time: an index has few platforms, and a registry counts requests. */
async function mapBounded<T, R>(
  items: readonly T[],
  check: () => void,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  for (let start = 0; start < items.length; start += 4) {
    results.push(...(await Promise.all(items.slice(start, start + 4).map(task))))
    check()
  }
  return results
}
