import { deflateSync } from 'node:zlib'
import { elfFile } from './elf.ts'
import { machOFile } from './mach-o.ts'
import { peFile } from './pe.ts'
import { wasmFile } from './wasm.ts'

/** As cargo-auditable writes it (rust-secure-code/cargo-auditable, auditable-serde). */
export interface AuditedCrate {
  readonly name: string
  readonly version: string
  readonly source?: string
  readonly kind?: string
  readonly dependencies?: readonly number[]
  readonly root?: boolean
}

const writers = { elf: elfFile, pe: peFile, 'mach-o': machOFile, wasm: wasmFile }

/** A file in which cargo-audit finds the crates; it does not run. */
export function auditableBinary(
  packages: readonly AuditedCrate[],
  format: keyof typeof writers = 'elf',
  section = '.dep-v0',
): Buffer {
  const content = deflateSync(
    JSON.stringify({ packages: packages.map((one) => ({ source: 'crates.io', ...one })) }),
  )
  return writers[format]([
    { name: '.text', content: Buffer.alloc(64, 0x90), code: true },
    { name: section, content },
    { name: '.data', content: Buffer.alloc(64), writable: true },
  ])
}
