import { Bytes, damaged } from './bytes.ts'

const DATABASE = 0x50_6d_70_52 // RpmP
const SLOT = 0x74_6f_6c_53 // Slot
const BLOB = 0x53_62_6c_42 // BlbS
const PAGE = 4096
const SLOT_SIZE = 16
const BLOCK = 16
/** As many slots as Trivy's reader takes: half a million packages. */
const MAX_SLOT_PAGES = 2048

export function isNdb(content: Uint8Array): boolean {
  if (content.length < 32) return false
  const bytes = new Bytes(content, true)
  return bytes.u32(0) === DATABASE && bytes.u32(4) === 0 && bytes.u32(12) > 0
}

/**
 * The packages of Packages.db (rpm, lib/backend/ndb/rpmpkg.c), in the order of slots: pages of slots, the first two of them the
 * file's header, each with package number and place of a blob. Numbers are little-endian; checksums are not looked at, nor are
 * they by Trivy.
 * @throws AppError `rpmdb-damaged`
 */
export function* ndbHeaders(content: Uint8Array): Generator<Uint8Array> {
  const bytes = new Bytes(content, true)
  const slotPages = bytes.u32(12)
  if (slotPages > MAX_SLOT_PAGES) throw damaged('it has more slots than any system has packages')
  for (let slot = 2 * SLOT_SIZE; slot < slotPages * PAGE; slot += SLOT_SIZE) {
    if (bytes.u32(slot) !== SLOT) throw damaged('a slot of it is none')
    const packageNumber = bytes.u32(slot + 4)
    if (packageNumber === 0) continue
    const blob = bytes.u32(slot + 8) * BLOCK
    if (bytes.u32(blob) !== BLOB || bytes.u32(blob + 4) !== packageNumber)
      throw damaged('a slot of it leads to another package')
    yield bytes.slice(blob + BLOCK, bytes.u32(blob + 12))
  }
}
