const PAGE = 4096
const SLOT_SIZE = 16
const BLOCK = 16
const SLOTS_A_PAGE = PAGE / SLOT_SIZE

/** Packages.db (rpm, lib/backend/ndb/rpmpkg.c): pages of slots, the first two of them the header; then blobs in blocks. */
export function ndbDatabase(blobs: readonly Uint8Array[]): Buffer {
  const pages = Math.ceil((blobs.length + 2) / SLOTS_A_PAGE)
  const slots = Buffer.alloc(pages * PAGE)
  slots.write('RpmP')
  slots.writeUInt32LE(1, 8)
  slots.writeUInt32LE(pages, 12)
  slots.writeUInt32LE(blobs.length + 1, 16)
  const parts: Buffer[] = [slots]
  let block = slots.length / BLOCK
  for (let slot = 2; slot < pages * SLOTS_A_PAGE; slot += 1) {
    slots.write('Slot', SLOT_SIZE * slot)
    const blob = blobs[slot - 2]
    if (blob === undefined) continue
    const part = blobPart(slot - 1, blob)
    slots.writeUInt32LE(slot - 1, SLOT_SIZE * slot + 4)
    slots.writeUInt32LE(block, SLOT_SIZE * slot + 8)
    slots.writeUInt32LE(part.length / BLOCK, SLOT_SIZE * slot + 12)
    parts.push(part)
    block += part.length / BLOCK
  }
  return Buffer.concat(parts)
}

/** Head, the package, filling, tail: checksum, length, mark. */
function blobPart(packageNumber: number, blob: Uint8Array): Buffer {
  const size = Math.ceil((BLOCK + blob.length + 12) / BLOCK) * BLOCK
  const part = Buffer.alloc(size)
  part.write('BlbS')
  part.writeUInt32LE(packageNumber, 4)
  part.writeUInt32LE(1, 8)
  part.writeUInt32LE(blob.length, 12)
  part.set(blob, BLOCK)
  part.writeUInt32LE(adler32(part.subarray(0, size - 12)), size - 12)
  part.writeUInt32LE(blob.length, size - 8)
  part.write('BlbE', size - 4)
  return part
}

/** RFC 1950, 9. */
function adler32(bytes: Uint8Array): number {
  let low = 1
  let high = 0
  for (const byte of bytes) {
    low = (low + byte) % 65_521
    high = (high + low) % 65_521
  }
  return high * 65_536 + low
}
