import { stat } from 'node:fs/promises'
import type { OpenRemoteImage } from '../app/engine.ts'
import { type ImageReference, manifestReference, parseImageReference } from '../core/index.ts'
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
 * Opens what a user named: a file or folder that is there (`PATH`, or `PATH:TAG` for one image of several), else an image of
 * a registry.
 * @throws AppError `local-image-not-found` (not-found), `image-reference-invalid` (invalid); those of reading files and registries
 */
export async function openImage(
  name: string,
  remote: OpenRemoteImage,
  signal: AbortSignal,
): Promise<ImageInput> {
  const local = await localPath(name)
  if (local !== undefined) {
    const { source, reference } = await openLocalImage(local.path, local.wanted)
    return { source, reference, remote: undefined }
  }
  const reference = parseImageReference(name)
  const source = await remote(reference, signal)
  return { source, reference: manifestReference(reference), remote: reference }
}

async function localPath(
  name: string,
): Promise<{ readonly path: string; readonly wanted?: string } | undefined> {
  if (await exists(name)) return { path: name }
  const colon = name.indexOf(':', 1)
  const [path, wanted] = colon === -1 ? ['', ''] : [name.slice(0, colon), name.slice(colon + 1)]
  if (path !== '' && (await exists(path))) return { path, wanted }
  return looksLikePath(name) ? { path: name } : undefined
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
