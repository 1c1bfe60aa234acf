import { posix } from 'node:path'
import { damaged } from './rpmdb/bytes.ts'
import { type RpmHeader, TAG } from './rpmdb/header.ts'

/** Linux knows no longer paths (PATH_MAX). */
const MAX_PATH = 4096
/** Whole installations of a distribution have some 500,000 files with paths of 30 MB. */
const MAX_FILES = 2_000_000
const MAX_CHARACTERS = 128 * 1024 * 1024

/** No folder in itself, as names of files are. */
const plainName = /^[^/.][^/]*$/

/** Gathers the files that packages own, within bounds. */
export class OwnedFiles {
  /** Paths as layers have them: without a slash in front. */
  readonly files: string[] = []
  #characters = 0

  /**
   * Folders, names, and for each name the index of its folder (rpm, lib/rpmfi.c).
   * @throws AppError `rpmdb-damaged` for lists that do not fit together, and for more than any system has
   */
  add(header: RpmHeader): void {
    const folders = header.strings(TAG.dirNames)
    const names = header.strings(TAG.baseNames)
    const indexes = header.integers(TAG.dirIndexes)
    if (folders.length === 0 || names.length === 0 || indexes.length === 0) return
    if (indexes.length !== names.length || folders.length > names.length) throw unfitting()
    const clean = folders.map((folder) => posix.join('/', folder, '/').slice(1))
    for (const [index, name] of names.entries()) {
      const folder = clean[indexes[index] ?? -1]
      if (folder === undefined) throw unfitting()
      if (folder.length + name.length < MAX_PATH) this.#keep(folder, name)
    }
  }

  #keep(folder: string, name: string): void {
    const file = plainName.test(name) ? folder + name : posix.join('/', folder, name).slice(1)
    this.#characters += file.length
    this.files.push(file)
    if (this.files.length > MAX_FILES || this.#characters > MAX_CHARACTERS)
      throw damaged('it lists more files than any system has')
  }
}

function unfitting(): ReturnType<typeof damaged> {
  return damaged('a package has lists of files that do not fit together')
}
