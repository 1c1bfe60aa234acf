import { createHash } from 'node:crypto'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type Digest, digestFromHex } from '../../core/index.ts'
import { type TarEntry, writeTar } from './tar-writer.ts'

export type Compression = 'gzip' | 'zstd' | 'none'

/** What stands at a path: a file's content, or all of an entry but its path. */
export type FileListing = string | Uint8Array | Omit<TarEntry, 'path'>

/** A layer as a person would write it down. */
export interface LayerListing {
  /** By path, written in this order. */
  readonly files?: Readonly<Record<string, FileListing>>
  /** Paths that this layer deletes: written as `.wh.` files (OCI image-spec, layer.md, Whiteouts). */
  readonly whiteouts?: readonly string[]
  /** Directories whose lower content this layer hides: written as `.wh..wh..opq`. */
  readonly opaque?: readonly string[]
  /** Entries as they are, after the others: for doubled and hostile ones. */
  readonly entries?: readonly TarEntry[]
  /** The tar itself, in place of all of the above. */
  readonly tar?: Uint8Array
  /** Of this layer, where it is not the image's. */
  readonly compression?: Compression
}

export interface BuiltLayer {
  /** The compressed bytes, as a registry serves them. */
  readonly bytes: Uint8Array
  readonly digest: Digest
  /** Of the unpacked tar. */
  readonly diffId: Digest
  readonly tar: Uint8Array
  readonly compression: Compression
}

export function buildLayer(listing: LayerListing, compression: Compression = 'gzip'): BuiltLayer {
  const tar = listing.tar ?? writeTar(layerEntries(listing))
  const chosen = listing.compression ?? compression
  const bytes = compress(tar, chosen)
  return { bytes, digest: digestOf(bytes), diffId: digestOf(tar), tar, compression: chosen }
}

export function digestOf(bytes: Uint8Array): Digest {
  return digestFromHex(createHash('sha256').update(bytes).digest('hex'))
}

function layerEntries(listing: LayerListing): TarEntry[] {
  return [
    ...(listing.opaque ?? []).map((path) => ({ path: `${path}/.wh..wh..opq` })),
    ...(listing.whiteouts ?? []).map((path) => ({ path: whiteoutOf(path) })),
    ...Object.entries(listing.files ?? {}).map(([path, file]) => fileEntry(path, file)),
    ...(listing.entries ?? []),
  ]
}

function fileEntry(path: string, file: FileListing): TarEntry {
  return typeof file === 'string' || file instanceof Uint8Array ? { path, content: file } : { path, ...file }
}

function whiteoutOf(path: string): string {
  const cut = path.lastIndexOf('/') + 1
  return `${path.slice(0, cut)}.wh.${path.slice(cut)}`
}

function compress(tar: Uint8Array, compression: Compression): Uint8Array {
  if (compression === 'gzip') return gzipSync(tar)
  return compression === 'zstd' ? zstdCompressSync(tar) : tar
}
