/**
 * Small executables with sections of any content, in every format that Portolan reads, and what compilers of Go and Rust leave in
 * them. Knows the formats; knows nothing of what reads them.
 */
export { elfFile } from './elf.ts'
export { type GoBinaryOptions, goBinary, goModules } from './go.ts'
export { machOFile } from './mach-o.ts'
export { peFile } from './pe.ts'
export { type AuditedCrate, auditableBinary } from './rust.ts'
export { wasmFile } from './wasm.ts'
