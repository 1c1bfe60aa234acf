import type { Readable } from 'node:stream'
import type { Digest } from '../core/index.ts'

/** A manifest exactly as it was served. */
export interface RawManifest {
  readonly bytes: Uint8Array
  /** Media type that the source stated (Content-Type or descriptor); '' when it stated none. */
  readonly mediaType: string
  /** sha256 of `bytes`; equals the digest that was asked for, if it was asked by digest. */
  readonly digest: Digest
}

/** What names a blob: the part of an OCI descriptor that reading needs. */
export interface BlobDescriptor {
  readonly digest: Digest
  /** Compressed size in bytes as the manifest states it; a source that sends more is lying. */
  readonly size: number
}

/**
 * Where one repository's manifests and blobs come from: a registry, an OCI layout, a `docker save` archive.
 * Everything that it gives is hostile until its digest is verified.
 */
export interface ImageSource {
  /** For messages: `registry.example.com/acme/api`, or the path of a local file. */
  readonly name: string
  /**
   * @param reference a tag or a digest
   * @throws AppError `manifest-not-found` (not-found), `manifest-too-large`, `manifest-digest-mismatch` (invalid), or the transport's
   */
  manifest(reference: string, signal?: AbortSignal): Promise<RawManifest>
  /**
   * The blob's bytes from the first, NOT verified: whoever reads hashes as it goes and keeps nothing before the end agrees.
   * Resumes by itself where the transport breaks. Destroying the stream ends the transfer.
   */
  blob(descriptor: BlobDescriptor, signal?: AbortSignal): Promise<Readable>
  /**
   * An index of what refers to a manifest (distribution-spec, Listing Referrers), unverified; undefined when the source keeps none.
   */
  referrers?(digest: Digest, signal?: AbortSignal): Promise<RawManifest | undefined>
  /** Which of these tags there are, where that is known without asking for each; absent: it is not known. */
  knownTags?(names: readonly string[]): Promise<ReadonlySet<string>>
  /** Frees what the source holds open. */
  close?(): Promise<void>
}

/** One layer as the manifest and config name it. */
export interface LayerReference {
  readonly blob: BlobDescriptor
  /** What the config says it unpacks to; verified, never believed. */
  readonly diffId: Digest
  /**
   * Kept outside the registry (image-spec, layer.md, Non-Distributable Layers; Docker's foreign layers): the blob may be absent,
   * which is noted and no failure. Its `urls` are never followed.
   */
  readonly foreign?: boolean
  /** Media type of a layer that is none of those that this reads; it is tried all the same, because media types are often wrong. */
  readonly unknownType?: string
}
