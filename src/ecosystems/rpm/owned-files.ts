import { posix } from 'node:path'
import { damaged } from './rpmdb/bytes.ts'
import { type RpmHeader, TAG } from './rpmdb/header.ts'

/** Linux knows no longer paths (PATH_MAX). */
const MAX_PATH = 4096
/** Whole installations of a distribution have some 500,000 files with paths of 30 MB. */
const MAX_FILES = 2_000_000
const MAX_CHARACTERS = 128 * 1024 * 1024

/** Gathers the files that packages own, within bounds. */
export class OwnedFiles {
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
    for (const [index, name] of names.entries()) {
      const folder = folders[indexes[index] ?? -1]
      if (folder === undefined) throw unfitting()
      if (folder.length + name.length < MAX_PATH) this.#keep(posix.join(folder, name))
    }
  }

  #keep(file: string): void {
    this.#characters += file.length
    this.files.push(file)
    if (this.files.length > MAX_FILES || this.#characters > MAX_CHARACTERS)
      throw damaged('it lists more files than any system has')
  }
}

function unfitting(): ReturnType<typeof damaged> {
  return damaged('a package has lists of files that do not fit together')
}
