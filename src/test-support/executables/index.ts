/**
 * Small executables with sections of any content, in every format that Portolan reads, and what compilers of Go and Rust leave in
 * them. Knows the formats; knows nothing of what reads them.
 */
export { type GoBinaryOptions, goBinary, goModules } from './go.ts'
export { type AuditedCrate, auditableBinary } from './rust.ts'
