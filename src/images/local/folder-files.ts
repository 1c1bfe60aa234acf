import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ImageFiles } from './image-files.ts'

/** A folder of the user's own. Callers build names from digests only, so that nothing read from an image chooses a path. */
export function folderFiles(folder: string): ImageFiles {
  return {
    name: folder,
    async size(name) {
      const found = await stat(join(folder, name)).catch(() => undefined)
      return found?.isFile() === true ? found.size : undefined
    },
    async open(name, length) {
      if (length === 0) return Readable.from([])
      const end = length === undefined ? {} : { end: length - 1 }
      return createReadStream(join(folder, name), { highWaterMark: 256 * 1024, ...end })
    },
    close: async () => undefined,
  }
}
