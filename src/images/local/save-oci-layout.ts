import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Digest, digestFromHex, digestHex } from '../../core/index.ts'
import { sha256 } from '../digests.ts'
import { imageError } from '../errors.ts'
import type { BlobDescriptor, ImageSource, RawManifest } from '../ports.ts'
import type { PlatformImage } from '../resolve.ts'

export interface SaveOptions {
  readonly signal?: AbortSignal
  /** Name of the image in the layout; `latest` unless stated. */
  readonly tag?: string
}

/**
 * Writes one image of one platform as an OCI image layout (image-spec, image-layout.md), blobs streamed and verified: for programs
 * that read images themselves. Files are named by digests, never by what an image says.
 *
 * @param folder absolute; made with mode 0700 where it is not there
 * @throws AppError `blob-digest-mismatch` (invalid) or the source's; what was written until then stays in the folder
 */
export async function saveOciLayout(
  source: ImageSource,
  { manifest, layers }: PlatformImage,
  folder: string,
  { signal, tag = 'latest' }: SaveOptions = {},
): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256')
  await mkdir(blobs, { recursive: true, mode: 0o700 })
  const raw = await source.manifest(manifest.digest, signal)
  if (sha256(raw.bytes) !== manifest.digest) throw mismatch(manifest.digest)
  await writeFile(join(blobs, digestHex(manifest.digest)), raw.bytes)
  const wanted = new Map<Digest, BlobDescriptor>(
    [manifest.config, ...layers.map(({ blob }) => blob)].map((blob) => [blob.digest, blob]),
  )
  for (const blob of wanted.values())
    await saveBlob(source, blob, join(blobs, digestHex(blob.digest)), signal)
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  await writeFile(join(folder, 'index.json'), indexOf(raw, manifest.mediaType, tag))
}

function indexOf({ bytes, digest }: RawManifest, mediaType: string, tag: string): string {
  const annotations = { 'org.opencontainers.image.ref.name': tag }
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ mediaType, digest, size: bytes.length, annotations }],
  })
}

async function saveBlob(
  source: ImageSource,
  blob: BlobDescriptor,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const hash = createHash('sha256')
  let length = 0
  const verify = new Transform({
    transform(chunk: Uint8Array, _, done) {
      length += chunk.length
      hash.update(chunk)
      if (length > blob.size) done(mismatch(blob.digest))
      else done(null, chunk)
    },
  })
  const options = signal === undefined ? {} : { signal }
  await pipeline(await source.blob(blob, signal), verify, createWriteStream(path, { mode: 0o600 }), options)
  if (length !== blob.size || digestFromHex(hash.digest('hex')) !== blob.digest) throw mismatch(blob.digest)
}

function mismatch(digest: Digest): Error {
  return imageError({
    code: 'blob-digest-mismatch',
    about: `Blob ${digest} does not have its digest and size.`,
  })
}
