export type * from './ports.ts'
export { ADVISORY_STATUSES } from './ports.ts'
