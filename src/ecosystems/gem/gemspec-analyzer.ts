import type { Analyzer } from '../../indexing/index.ts'
import { decodeText, isOutsideOfPrograms, libraryFacts } from '../index.ts'
import { readGemspec } from './gemspec.ts'

/** The specifications of installed gems, `specifications/*.gemspec`, those that came with Ruby (`default/`) too. */
export const gemspecAnalyzer: Analyzer = {
  id: 'gem-gemspec',
  version: 1,
  maxSize: 4 * 1024 * 1024,
  wants: ({ path }) => isInstalledSpecification(path) && !isOutsideOfPrograms(path),
  concerns: ({ extensions }) => extensions.includes('gemspec'),
  read: (path, content) => libraryFacts('gem', path, [readGemspec(decodeText(content))]),
}

function isInstalledSpecification(path: string): boolean {
  if (!path.endsWith('.gemspec')) return false
  const folder = path.indexOf('/specifications/')
  return folder !== -1 && path.length - folder > '/specifications/.gemspec'.length
}
