/**
 * What is in images: identity of subjects and packages, package sets, inventories, and the store of what was read of layers.
 * Knows no ecosystem, no image format, no advisory. Loaded by the command line too: nothing here may need the SQL database.
 */
export { isPastEndOfLife } from './end-of-life.ts'
export { createFileLayerStore } from './files/file-layer-store.ts'
export { subjectKey } from './keys.ts'
export { createMemoryLayerStore, OPEN_ACCESS } from './memory-layer-store.ts'
export { type AttributedSet, buildPackageSet, type PlacedPackage } from './package-set.ts'
export type * from './ports.ts'
