import type { Digest, Platform } from '../../core/index.ts'
import { type ImageSource, type PlatformImage, resolveImage } from '../../images/index.ts'
import type { Indexer, IndexProgress } from '../../indexing/index.ts'
import { type Inventory, OPEN_ACCESS } from '../../inventory/index.ts'
import { type InventoryScan, type Matching, scanInventory } from './scan-inventory.ts'
import { withUnsupported } from './unsupported.ts'

export interface IndexImageRequest {
  readonly source: ImageSource
  /** A tag or a digest of the source. */
  readonly reference: string
  readonly platform: Platform
  readonly indexer: Indexer
  /** Read all layers anew. */
  readonly fresh?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: IndexProgress) => void
}

export interface ScanImageRequest extends IndexImageRequest, Matching {}

export interface IndexedImage {
  /** Of what the reference names: a manifest or an index. */
  readonly digest: Digest
  readonly image: PlatformImage
  readonly inventory: Inventory
}

export interface ImageScan extends InventoryScan, IndexedImage {}

/**
 * One image, from reference to findings: resolve, index what is not known yet, match. Keeps nothing but layers.
 * @throws AppError of the source, of the image's reading, `database-corrupt`
 */
export async function scanImage(request: ScanImageRequest): Promise<ImageScan> {
  const indexed = await indexImage(request)
  return { ...indexed, ...scanInventory(indexed.inventory, request) }
}

/** As `scanImage`, without the findings. @throws AppError of the source, of the image's reading */
export async function indexImage(request: IndexImageRequest): Promise<IndexedImage> {
  const { source, reference, platform, signal, indexer } = request
  const resolved = await resolveImage(source, reference, platform, signal)
  const [image] = resolved.images
  if (image === undefined) throw new Error('a resolved image has no platform')
  const indexed = await indexer.index({
    source,
    layers: image.layers,
    access: OPEN_ACCESS,
    ...(request.fresh === undefined ? {} : { fresh: request.fresh }),
    ...(signal === undefined ? {} : { signal }),
    ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
  })
  return { digest: resolved.digest, image, inventory: withUnsupported(indexed, image) }
}
