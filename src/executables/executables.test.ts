import { describe, expect, it } from 'vitest'
import { wholeFile } from '../images/index.ts'
import { goBinary } from '../test-support/executables/index.ts'
import { MAX_KEPT, openExecutable, rangesToKeep } from './index.ts'

const FIRST = 16 * 1024
const MIB = 1024 * 1024
const binary = goBinary({ codeSize: 2 * MIB })
const sizeOf = (ranges: readonly { start: number; end: number }[]): number =>
  ranges.reduce((sum, { start, end }) => sum + end - start, 0)

/** An ELF header with segments of these sizes, one after another, for a file that nobody needs to have. */
function header(segments: readonly { readonly size: number; readonly flags: number }[]): Buffer {
  const bytes = Buffer.alloc(FIRST)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  bytes.writeUInt32LE(64, 32)
  bytes.writeUInt16LE(56, 54)
  bytes.writeUInt16LE(segments.length, 56)
  bytes.writeUInt16LE(64, 58)
  let offset = FIRST
  for (const [index, { size, flags }] of segments.entries()) {
    const at = 64 + index * 56
    bytes.writeUInt32LE(1, at)
    bytes.writeUInt32LE(flags, at + 4)
    bytes.writeBigUInt64LE(BigInt(offset), at + 8)
    bytes.writeBigUInt64LE(BigInt(offset), at + 16)
    bytes.writeBigUInt64LE(BigInt(size), at + 32)
    offset += size
  }
  return bytes
}

const [CODE, CONSTANTS, DATA] = [5, 4, 6]

describe('the parts that are kept of an executable', () => {
  it('are all of a small one, and nothing of anything else', () => {
    const small = goBinary()
    expect(rangesToKeep(small.subarray(0, FIRST), small.length)).toEqual([{ start: 0, end: small.length }])
    for (const text of ['#!/bin/sh\n', '', '\x7fEL', '{}', 'PK\x03\x04']) {
      expect(rangesToKeep(Buffer.from(text, 'latin1'), 10 * MIB)).toEqual([])
    }
  })

  it('are everything but the code of a large one', () => {
    const kept = rangesToKeep(binary.subarray(0, FIRST), binary.length)
    expect(sizeOf(kept)).toBeLessThan(MIB)
  })

  it('are code too where constants lie with it', () => {
    const first = header([
      { size: 3 * MIB, flags: CODE },
      { size: MIB, flags: DATA },
    ])
    expect(sizeOf(rangesToKeep(first, FIRST + 4 * MIB))).toBeGreaterThanOrEqual(4 * MIB)
  })

  it('are data before constants where not all may be kept', () => {
    const first = header([
      { size: MAX_KEPT, flags: CONSTANTS },
      { size: 400 * MIB, flags: CODE },
      { size: 20 * MIB, flags: DATA },
    ])
    const start = FIRST + MAX_KEPT + 400 * MIB
    expect(rangesToKeep(first, start + 20 * MIB)).toContainEqual({ start, end: start + 20 * MIB })
    expect(sizeOf(rangesToKeep(first, start + 20 * MIB))).toBeLessThan(21 * MIB)
  })
})

describe('an executable of which a part was not kept', () => {
  it('says so when that part is needed, and not for what the file does not have', () => {
    const whole = wholeFile(binary)
    const text = openExecutable(whole)?.section('.text')
    const missing = (text?.offset ?? 0) + MIB
    const address = (text?.address ?? 0) + MIB
    const partial = openExecutable({
      size: whole.size,
      read: (offset, length) =>
        offset < missing + 100 && offset + length > missing + 50 ? undefined : whole.read(offset, length),
    })
    expect(partial?.memory(address, 10)).toHaveLength(10)
    expect(() => partial?.memory(address, 100)).toThrow('was not kept')
    expect(partial?.memory(1, 10)).toBeUndefined()
    expect(partial?.section('.nothing')).toBeUndefined()
  })
})
