import { stat } from 'node:fs/promises'
import { AppError } from '../../core/index.ts'
import { imageError } from '../errors.ts'
import { dockerArchive } from './docker-archive.ts'
import { folderFiles } from './folder-files.ts'
import type { ImageFiles } from './image-files.ts'
import type { LocalImage } from './local-image.ts'
import { ociLayout } from './oci-layout.ts'
import { openArchive } from './open-archive.ts'
import { tarFiles } from './tar-files.ts'

/**
 * Opens an OCI layout (folder, or tar) or what `docker save` wrote, each plain, gzip or zstd. Where an archive is both, as Docker 25
 * writes it, `manifest.json` speaks: it names one image that is there whole, while the index may name platforms that are not.
 *
 * @param wanted a name or digest in it; the first image unless stated
 * @throws AppError `local-image-not-found`, `manifest-not-found` (not-found), `local-image-unreadable` (denied),
 *   `archive-invalid`, `local-image-outside` (invalid)
 */
export async function openLocalImage(path: string, wanted?: string): Promise<LocalImage> {
  const files = await openFiles(path)
  try {
    const found = (await dockerArchive(files, wanted)) ?? (await ociLayout(files, wanted))
    if (found !== undefined) return found
    throw imageError({
      code: 'archive-invalid',
      about: `${path} has neither index.json nor manifest.json.`,
      remedy: 'file',
    })
  } catch (error) {
    await files.close()
    throw error
  }
}

async function openFiles(path: string): Promise<ImageFiles> {
  try {
    if ((await stat(path)).isDirectory()) return folderFiles(path)
    const archive = await openArchive(path)
    return await tarFiles(archive, path).catch(async (error: unknown) => {
      await archive.close()
      throw error
    })
  } catch (error) {
    throw fileError(path, error)
  }
}

function fileError(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (cause instanceof AppError || code === '') return cause
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError({
      code: 'local-image-not-found',
      kind: 'not-found',
      publicMessage: `There is no ${path}.`,
      remedy: 'Check the path.',
      cause,
    })
  }
  return new AppError({
    code: 'local-image-unreadable',
    kind: 'denied',
    publicMessage: `${path} cannot be read (${code}).`,
    remedy: 'Check the permissions, and the space for temporary files.',
    cause,
  })
}
