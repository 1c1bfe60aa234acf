import { stat } from 'node:fs/promises'
import type { OpenRemoteImage } from '../app/engine.ts'
import {
  AppError,
  type ImageReference,
  manifestReference,
  parseImageReference,
  safeText,
} from '../core/index.ts'
import { type ImageSource, openLocalImage } from '../images/index.ts'
import { looksLikePath } from './database.ts'

/** An image to scan, opened. */
export interface ImageInput {
  readonly source: ImageSource
  /** A tag or a digest of the source. */
  readonly reference: string
  /** Where it is, if it is in a registry. */
  readonly remote: ImageReference | undefined
}

/**
 * Opens what a user named: a file or folder that is there, else an image of a registry.
 * @throws AppError `image-file-missing` (not-found), `image-reference-invalid` (invalid); those of reading files and registries
 */
export async function openImage(
  name: string,
  remote: OpenRemoteImage,
  signal: AbortSignal,
): Promise<ImageInput> {
  if ((await stat(name).catch(() => undefined)) !== undefined) {
    const { source, reference } = await openLocalImage(name)
    return { source, reference, remote: undefined }
  }
  if (looksLikePath(name)) throw missingFile(name)
  const reference = parseImageReference(name)
  const source = await remote(reference, signal)
  return { source, reference: manifestReference(reference), remote: reference }
}

function missingFile(name: string): AppError {
  return new AppError({
    code: 'image-file-missing',
    kind: 'not-found',
    publicMessage: `There is no file or folder ${safeText(name)}.`,
    remedy:
      'Give the path of an OCI layout folder or of an archive made by "docker save", or an image of a registry.',
  })
}
