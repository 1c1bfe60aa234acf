import type { BinarySection } from './writer.ts'

/** A module with custom sections only. */
export function wasmFile(sections: readonly BinarySection[]): Buffer {
  const parts = sections.map(({ name, content }) => {
    const body = Buffer.concat([varint(name.length), Buffer.from(name, 'latin1'), content])
    return Buffer.concat([Buffer.of(0), varint(body.length), body])
  })
  return Buffer.concat([Buffer.from('\0asm\x01\0\0\0', 'latin1'), ...parts])
}

/** LEB128, unsigned. */
export function varint(value: number): Buffer {
  const bytes: number[] = []
  let left = value
  for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80)
  return Buffer.of(...bytes, left)
}
