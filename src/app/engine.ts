/**
 * The built-in engine, composed: ecosystems, indexer, matcher, layer files, registries. Server and command line both use it;
 * it needs no server part and no SQL database, and a test counts what it loads.
 */
import type { AdvisoryDatabase } from '../advisories/index.ts'
import { createIndexer, type Indexer, type VersionParts } from '../indexing/index.ts'
import { createFileLayerStore, type LayerStore } from '../inventory/index.ts'
import { createMatcher, type Matcher } from '../matching/index.ts'
import { ecosystems } from './ecosystems.ts'
import type { SbomDocument } from '../sbom/index.ts'
import { inventoryOfSbom } from './engine/sbom.ts'
import { type ImageScan, scanImage, type ScanImageRequest } from './engine/scan-image.ts'
import { type InventoryScan, scanInventory } from './engine/scan-inventory.ts'

export {
  createRemoteImages,
  type OpenRemoteImage,
  type RegistryCredentials,
} from './engine/remote-images.ts'
export { type AttachedDocuments, readAttached } from './engine/attached.ts'
export { imageContents, imagePurl, inventoryOfSbom } from './engine/sbom.ts'
export { applyVex, type SuppressedFinding } from './engine/vex.ts'
export type { ImageScan } from './engine/scan-image.ts'
export type {
  InventoryScan,
  ScannedFinding,
  ScannedGroup,
  ScannedPackage,
} from './engine/scan-inventory.ts'

/** Image → inventory, with every ecosystem that Portolan knows. */
export function createBuiltInIndexer(store: LayerStore): Indexer {
  return createIndexer({ plugins: ecosystems, store })
}

/** Subjects → matches, with every ecosystem that Portolan knows. */
export function createBuiltInMatcher(database: AdvisoryDatabase): Matcher {
  return createMatcher({ plugins: ecosystems, database })
}

/** What is known to be wrong with what an SBOM names. @throws AppError `database-corrupt` */
export function scanSbom(document: SbomDocument, database: AdvisoryDatabase): InventoryScan {
  const matcher = createBuiltInMatcher(database)
  return scanInventory(inventoryOfSbom(document), { matcher, database, plugins: ecosystems })
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
}

export interface Scanner {
  /** Why the layer folder is not used, if it is not. */
  readonly note: string | undefined
  scan(request: ScanRequest): Promise<ImageScan>
}

type ScanRequest = Omit<ScanImageRequest, 'indexer' | 'matcher' | 'database' | 'plugins'>

/** Scans images without a server, as `portolan image` does. */
export async function createScanner({ layerDir, database }: ScannerOptions): Promise<Scanner> {
  const store = await createFileLayerStore(layerDir)
  const engine = {
    indexer: createBuiltInIndexer(store),
    matcher: createBuiltInMatcher(database),
    database,
    plugins: ecosystems,
  }
  return {
    note: store.note ?? undefined,
    scan: (request) => scanImage({ ...request, ...engine }),
  }
}
