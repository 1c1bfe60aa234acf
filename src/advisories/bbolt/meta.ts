import { corrupt } from '../errors.ts'
import type { BlockFile } from './block-file.ts'
import { readPageId } from './page.ts'

/** What opening needs of a meta page (etcd bbolt, db.go `meta`). */
export interface Meta {
  readonly pageSize: number
  /** Root page of the bucket of top-level buckets. */
  readonly root: number
  readonly transaction: bigint
}

const magic = 0xed0cdaed
const formatVersion = 2
const metaOffset = 16
const checksummed = 56
const metaEnd = metaOffset + checksummed + 8

/** The valid meta page with the highest transaction: bbolt writes pages 0 and 1 in turn. */
export function readMeta(file: BlockFile): Meta {
  const first = metaAt(file, 0)
  const second = first === undefined ? secondMeta(file) : metaAt(file, first.pageSize)
  if (first === undefined && second === undefined)
    throw corrupt('it is not a bbolt file, or both its heads are')
  if (first === undefined || second === undefined) return (first ?? second) as Meta
  return second.transaction > first.transaction ? second : first
}

/** The first meta page tells where the second is; where it is damaged, bbolt tries all page sizes, and so do we. */
function secondMeta(file: BlockFile): Meta | undefined {
  for (let pageSize = 1024; pageSize <= 1024 << 14; pageSize *= 2) {
    const meta = metaAt(file, pageSize)
    if (meta?.pageSize === pageSize) return meta
  }
  return undefined
}

function metaAt(file: BlockFile, offset: number): Meta | undefined {
  if (offset + metaEnd > file.size) return undefined
  const bytes = file.read(offset, metaEnd)
  const body = bytes.subarray(metaOffset)
  const pageSize = body.readUInt32LE(8)
  const isValid =
    body.readUInt32LE(0) === magic &&
    body.readUInt32LE(4) === formatVersion &&
    body.readBigUInt64LE(checksummed) === fnv64a(body.subarray(0, checksummed)) &&
    pageSize >= 512 &&
    pageSize <= 1024 << 14 &&
    Number.isInteger(Math.log2(pageSize))
  return isValid ? { pageSize, root: readPageId(body, 16), transaction: body.readBigUInt64LE(48) } : undefined
}

/** FNV-1a with 64 bits, as Go's hash/fnv gives it. */
function fnv64a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
  return hash
}
