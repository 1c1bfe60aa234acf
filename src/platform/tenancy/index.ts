/**
 * Organisations and their settings. Every row of an organisation carries its id; what it may see of shared content follows
 * from its own rows alone. Must not know who its members are (`platform/access`).
 */
export { createTenancy, DEFAULT_ORGANISATION, type Organisation, type Tenancy } from './tenancy.ts'
