/**
 * Formats of executables: ELF, PE, Mach-O and WebAssembly; where their sections lie, what is mapped to which address, and which
 * parts of a large one are worth keeping. Knows no file system and no program: what is in a section is for others to read.
 */
export type { Executable, Section } from './executable.ts'
export { openExecutable } from './open.ts'
export { MAX_KEPT, rangesToKeep } from './ranges.ts'
