/**
 * The side of the inventory that needs the SQL database: a door of its own, because the command line has no such database.
 */
export { createOrganisationLayerAccess, createSqlLayerStore } from './layers/store.ts'
export { saveInventory } from './store.ts'
