import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenRemoteImage } from '../app/engine.ts'
import {
  AppError,
  type ImageReference,
  isAppError,
  manifestReference,
  parseImageReference,
} from '../core/index.ts'
import { type ImageSource, openLocalImage } from '../images/index.ts'
import type { CommandContext } from './context.ts'
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
 * Opens what a user named: a file or a folder with an image that is there (`PATH`, or `PATH:TAG` for one image of several), else an
 * image of a registry. What begins as a path does is never one of a registry.
 * @throws AppError `local-image-not-found` (not-found), `image-reference-invalid` (invalid); those of reading files and registries
 */
export async function openImage(
  name: string,
  remote: OpenRemoteImage,
  { signal, note }: Pick<CommandContext, 'signal' | 'note'>,
): Promise<ImageInput> {
  const local = await localPath(name)
  if (local !== undefined) {
    const { source, reference } = await openLocalImage(local.path, local.wanted).catch((error: unknown) => {
      const hint = `For an image of a registry, write its host: docker.io/library/${name}.`
      throw looksLikePath(name) || name.includes('/') ? error : hinted(error, hint)
    })
    return { source, reference, remote: undefined }
  }
  if (await exists(name))
    note(
      `The folder ${name} holds no image: the one of the registry is meant. To have the folder read, write ./${name}.`,
    )
  const reference = parseImageReference(name)
  const source = await remote(reference, signal)
  return { source, reference: manifestReference(reference), remote: reference }
}

/** The error, with what else may have been meant. */
function hinted(error: unknown, hint: string): unknown {
  if (!isAppError(error)) return error
  const { code, kind, publicMessage, remedy } = error
  const both = remedy === undefined ? hint : `${remedy} ${hint}`
  return new AppError({ code, kind, publicMessage, remedy: both, cause: error })
}

async function localPath(
  name: string,
): Promise<{ readonly path: string; readonly wanted?: string } | undefined> {
  if (await isImage(name)) return { path: name }
  const colon = name.indexOf(':', 1)
  const [path, wanted] = colon === -1 ? ['', ''] : [name.slice(0, colon), name.slice(colon + 1)]
  if (path !== '' && (await isImage(path))) return { path, wanted }
  return looksLikePath(name) ? { path: name } : undefined
}

/** A folder `nginx` that somebody works in must not stand before the image of that name. */
async function isImage(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined || !found.isDirectory() || looksLikePath(path)) return found !== undefined
  const marks = await Promise.all(
    ['index.json', 'oci-layout', 'manifest.json'].map((name) => exists(join(path, name))),
  )
  return marks.includes(true)
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
