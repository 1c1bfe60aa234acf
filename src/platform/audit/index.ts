/**
 * Who did what, when and from where: one log for each organisation, only ever appended to, each entry chained to the one
 * before by a hash. Must not know what the actions mean.
 */
export {
  type AuditEntry,
  type AuditEvent,
  type AuditLog,
  type Verification,
  createAuditLog,
} from './audit.ts'
