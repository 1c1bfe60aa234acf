import type { Analyzer, PackageFact } from '../../indexing/index.ts'
import { Budget, decodeText, isOutsideOfPrograms, libraryFacts, readDirectory, readEntry } from '../index.ts'
import { isEggMetadata } from './metadata-analyzer.ts'
import { readMetadata } from './metadata.ts'

const MAX_METADATA = 16 * 1024 * 1024

/** Zipped eggs: one package each, named by the first metadata in the archive. */
export const eggAnalyzer: Analyzer = {
  id: 'pypi-egg',
  version: 1,
  maxSize: 256 * 1024 * 1024,
  wants: ({ path }) => path.endsWith('.egg') && !isOutsideOfPrograms(path),
  concerns: ({ extensions }) => extensions.includes('egg'),
  read: (path, content) => libraryFacts('pypi', path, readEgg(content)),
}

/**
 * None without metadata: then it is no package.
 * @throws Error for what is no archive, or a damaged one
 */
export function readEgg(content: Uint8Array): PackageFact[] {
  const archive = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  const budget = new Budget(archive.length)
  const metadata = readDirectory(archive, budget.entriesLeft).find(({ name }) => isEggMetadata(name))
  if (metadata === undefined) return []
  return [readMetadata(decodeText(readEntry(archive, metadata, MAX_METADATA, budget)))]
}
