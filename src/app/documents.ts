/**
 * Documents about images, composed: SBOMs of images and in place of images, what is attached to images, VEX statements over findings.
 * As the engine, it needs no server part and no SQL database; beside the engine, so that a plain scan loads none of it.
 */
import { setImmediate } from 'node:timers/promises'
import type { AdvisoryDatabase } from '../advisories/index.ts'
import type { SbomDocument } from '../sbom/index.ts'
import { ecosystems } from './ecosystems.ts'
import { createBuiltInMatcher } from './engine.ts'
import { inventoryOfSbom } from './engine/sbom.ts'
import { type InventoryScan, scanInventory, scanInventoryInSlices } from './engine/scan-inventory.ts'

export { type AttachedDocuments, readAttached } from './engine/attached.ts'
export { describeImage, imageContents, imagePurl, inventoryOfSbom } from './engine/sbom.ts'
export { applyVex, type StatedNames } from './engine/vex.ts'

/** What is known to be wrong with what an SBOM names. @throws AppError `database-corrupt` */
export function scanSbom(document: SbomDocument, database: AdvisoryDatabase): InventoryScan {
  const matcher = createBuiltInMatcher(database)
  return scanInventory(inventoryOfSbom(document), { matcher, database, plugins: ecosystems })
}

/** As `scanSbom`, with pauses for others' work: a document may name 200,000 packages. @throws AppError `database-corrupt` */
export async function scanSbomInSlices(
  document: SbomDocument,
  database: AdvisoryDatabase,
): Promise<InventoryScan> {
  await setImmediate()
  const inventory = inventoryOfSbom(document)
  await setImmediate()
  return scanInventoryInSlices(inventory, {
    matcher: createBuiltInMatcher(database),
    database,
    plugins: ecosystems,
  })
}
