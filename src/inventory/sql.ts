/**
 * The side of the inventory that needs the SQL database: a door of its own, because the command line has no such database.
 */
export { type StoredAttribution, unpackAttribution } from './attribution.ts'
export { createOrganisationLayerAccess, createSqlLayerStore } from './layers/store.ts'
export {
  countOutdatedInventories,
  inventoryKey,
  markRenewed,
  type OutdatedInventory,
  outdatedInventories,
  type RenewalGoal,
} from './renewals/store.ts'
export { SWEPT, type Swept, type SweepStep, sweepSome } from './sweep/store.ts'
export { type SavedInventory, saveInventory } from './store.ts'
