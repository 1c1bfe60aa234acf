/**
 * The built-in engine, composed: ecosystems, indexer, matcher, layer files, registries. Server and command line both use it;
 * it needs no server part and no SQL database, and a test counts what it loads.
 */
import type { AdvisoryDatabase } from '../advisories/index.ts'
import { createIndexer, type Indexer, type NameDatabase, type VersionParts } from '../indexing/index.ts'
import { createFileLayerStore, type LayerStore } from '../inventory/index.ts'
import { createMatcher, type Matcher } from '../matching/index.ts'
import { ecosystems } from './ecosystems.ts'
import {
  type ImageScan,
  type IndexedImage,
  indexImage,
  type IndexImageRequest,
  scanImage,
  type ScanImageRequest,
} from './engine/scan-image.ts'

export {
  createRemoteImages,
  type OpenRemoteImage,
  type RegistryCredentials,
} from './engine/remote-images.ts'
export type { ImageScan } from './engine/scan-image.ts'
export type { SuppressedFinding } from './engine/vex.ts'
export type {
  InventoryScan,
  ScannedFinding,
  ScannedGroup,
  ScannedPackage,
} from './engine/scan-inventory.ts'

/** Names of packages that do not say their own: asked for when an image has such. */
export type NameSource = () => Promise<NameDatabase | null>

/** Image → inventory, with every ecosystem that Portolan knows. */
export function createBuiltInIndexer(store: LayerStore, names?: NameSource): Indexer {
  return createIndexer({ plugins: ecosystems, store, ...(names === undefined ? {} : { names }) })
}

/** Subjects → matches, with every ecosystem that Portolan knows. */
export function createBuiltInMatcher(database: AdvisoryDatabase): Matcher {
  return createMatcher({ plugins: ecosystems, database })
}

/** A package's version as Trivy's report lists it: whole, or in the parts that its ecosystem knows. */
export function versionParts(ecosystem: string, version: string): VersionParts {
  const plugin = ecosystems.find(({ id }) => id === ecosystem)
  return plugin?.versionParts?.(version) ?? { epoch: 0, upstream: version, revision: '' }
}

export interface ScannerOptions {
  /** Folder of what was read of layers; shared by processes. */
  readonly layerDir: string
  readonly database: AdvisoryDatabase
  readonly names?: NameSource
}

export interface Scanner {
  /** Why the layer folder is not used, if it is not. */
  readonly note: string | undefined
  scan(request: ScanRequest): Promise<ImageScan>
}

type ScanRequest = Omit<ScanImageRequest, 'indexer' | 'matcher' | 'database' | 'plugins'>

/** What is in an image, without what is wrong with it: no vulnerability data is needed. */
export async function indexOnly(
  layerDir: string,
  request: Omit<IndexImageRequest, 'indexer'>,
  names?: NameSource,
): Promise<IndexedImage & { readonly note: string | undefined }> {
  const store = await createFileLayerStore(layerDir)
  const indexed = await indexImage({ ...request, indexer: createBuiltInIndexer(store, names) })
  return { ...indexed, note: store.note ?? undefined }
}

/** Scans images without a server, as `portolan image` does. */
export async function createScanner({ layerDir, database, names }: ScannerOptions): Promise<Scanner> {
  const store = await createFileLayerStore(layerDir)
  const engine = {
    indexer: createBuiltInIndexer(store, names),
    matcher: createBuiltInMatcher(database),
    database,
    plugins: ecosystems,
  }
  return {
    note: store.note ?? undefined,
    scan: (request) => scanImage({ ...request, ...engine }),
  }
}
