import { AppError, type Digest, digestHex, isDigest } from '../../core/index.ts'
import { sha256 } from '../digests.ts'
import { imageError } from '../errors.ts'
import { MAX_MANIFEST_SIZE } from '../manifest.ts'
import type { ImageSource, RawManifest } from '../ports.ts'
import { type ImageFiles, readSmall } from './image-files.ts'

/** What a local image offers beside the files named by digest. */
interface KnownContent {
  /** By tag and by digest. */
  readonly manifests: ReadonlyMap<string, RawManifest>
  /** Names of blobs' files where they are not `blobs/sha256/<digest>`. */
  readonly blobs?: ReadonlyMap<Digest, string>
}

/** Serves manifests and blobs out of an image's files (image-spec, image-layout.md). */
export function filesSource(files: ImageFiles, known: KnownContent): ImageSource {
  const nameOf = (digest: Digest): string => known.blobs?.get(digest) ?? blobPath(digest)
  return {
    name: files.name,
    async manifest(reference) {
      const found = known.manifests.get(reference)
      if (found !== undefined) return found
      const bytes = isDigest(reference)
        ? await readSmall(files, nameOf(reference), MAX_MANIFEST_SIZE)
        : undefined
      if (bytes === undefined) throw absent({ code: 'manifest-not-found', what: reference }, files)
      const digest = sha256(bytes)
      if (digest === reference) return { bytes, digest, mediaType: '' }
      throw imageError({
        code: 'manifest-digest-mismatch',
        about: `Manifest ${reference} has the digest ${digest}.`,
      })
    },
    async blob({ digest }) {
      const name = nameOf(digest)
      if ((await files.size(name)) === undefined)
        throw absent({ code: 'blob-not-found', what: digest }, files)
      return files.open(name)
    },
    close: () => files.close(),
  }
}

export function blobPath(digest: Digest): string {
  return `blobs/sha256/${digestHex(digest)}`
}

function absent({ code, what }: { code: string; what: string }, files: ImageFiles): AppError {
  return new AppError({
    code,
    kind: 'not-found',
    publicMessage: `${files.name} does not contain ${what}.`,
    remedy: 'Save the image again, with the platform that is wanted.',
  })
}
