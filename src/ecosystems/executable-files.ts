import type { FileHeader } from '../indexing/index.ts'
import { isOutsideOfPrograms } from './skipped-paths.ts'

/** The files in which Trivy looks for what a compiler left (pkg/fanal/utils, IsExecutable): by mode, or by name on Windows. */
export function isExecutableFile({ path, mode, size }: FileHeader): boolean {
  return size > 0 && ((mode & 0o111) !== 0 || path.endsWith('.exe')) && !isOutsideOfPrograms(path)
}
