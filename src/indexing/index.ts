/**
 * From an image's layers to its inventory: which layers must be read, reading them with every ecosystem's analyzers, laying them over
 * each other. Knows layers and the ports of ecosystems. Must not know any ecosystem, registry, advisory or database.
 */
export { type ByteRange, type FileParts, wholeFile } from '../images/index.ts'
export { createIndexer } from './indexer.ts'
export type * from './ports.ts'
export { inventoryOfStated, statedFact } from './stated.ts'
export type { StatedContents, StatedPackage } from './stated-package.ts'
