import type { Analyzer } from '../../indexing/index.ts'
import { decodeText, isOutsideOfPrograms, libraryFacts } from '../index.ts'
import { readPackages } from './lock-file.ts'

/** `installed.json` of a vendor folder: what is installed; and `composer.lock` outside of one, as Trivy 0.44.1 reads it in images. */
export const packagesAnalyzer: Analyzer = {
  id: 'composer-packages',
  version: 1,
  maxSize: 64 * 1024 * 1024,
  wants: ({ path }) => (isInstalledList(path) || isLockFile(path)) && !isOutsideOfPrograms(path),
  concerns: ({ names }) => names.includes('composer.lock') || names.includes('installed.json'),
  read: (path, content) => libraryFacts('composer', path, readPackages(decodeText(content))),
}

function isInstalledList(path: string): boolean {
  return /(?:^|\/)installed\.json$/.test(path)
}

export function isLockFile(path: string): boolean {
  return /(?:^|\/)composer\.lock$/.test(path) && !path.split('/').includes('vendor')
}
