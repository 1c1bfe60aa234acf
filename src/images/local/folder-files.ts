import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, normalize, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import { type AppError, safeText } from '../../core/index.ts'
import { imageError } from '../errors.ts'
import type { ImageFiles } from './image-files.ts'

/**
 * A folder of the user's own. What is in it may have come from anywhere: a name or a link that leads out of it is refused, so that an
 * image cannot have other files of the user read as its own.
 *
 * @throws AppError from its methods: `local-image-outside` (invalid)
 */
export function folderFiles(folder: string): ImageFiles {
  return {
    name: folder,
    async size(name) {
      const place = await placeIn(folder, name)
      const found = place === undefined ? undefined : await stat(place).catch(() => undefined)
      return found?.isFile() === true ? found.size : undefined
    },
    async open(name, length) {
      if (length === 0) return Readable.from([])
      const place = (await placeIn(folder, name)) ?? join(folder, name)
      const end = length === undefined ? {} : { end: length - 1 }
      return createReadStream(place, { highWaterMark: 256 * 1024, ...end })
    },
    close: async () => undefined,
  }
}

/** Where a file is, all links followed; undefined when it is not there. */
async function placeIn(folder: string, name: string): Promise<string | undefined> {
  if (leadsOut(normalize(name))) throw outside(folder, name)
  const place = await realpath(join(folder, name)).catch(() => undefined)
  if (place === undefined) return undefined
  if (leadsOut(relative(await realpath(folder), place))) throw outside(folder, name)
  return place
}

function leadsOut(path: string): boolean {
  return isAbsolute(path) || path.split(sep)[0] === '..'
}

function outside(folder: string, name: string): AppError {
  return imageError({
    code: 'local-image-outside',
    about: `${folder} names ${safeText(name)}, which is outside of it.`,
    remedy: 'outside',
  })
}
