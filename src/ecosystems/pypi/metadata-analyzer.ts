import type { Analyzer } from '../../indexing/index.ts'
import { decodeText, isOutsideOfPrograms, libraryFacts } from '../index.ts'
import { readMetadata } from './metadata.ts'

/**
 * What installers leave beside a package: `*.dist-info/METADATA` (wheels), `*.egg-info` as a file or as a folder with PKG-INFO, and
 * `EGG-INFO/PKG-INFO` of an unpacked egg.
 */
export const metadataAnalyzer: Analyzer = {
  id: 'pypi-metadata',
  version: 1,
  maxSize: 16 * 1024 * 1024,
  wants: ({ path }) => (isWheelMetadata(path) || isEggMetadata(path)) && !isOutsideOfPrograms(path),
  concerns: ({ names, extensions }) =>
    names.includes('METADATA') || names.includes('PKG-INFO') || extensions.includes('egg-info'),
  read: (path, content) => libraryFacts('pypi', path, [readMetadata(decodeText(content))]),
}

function isWheelMetadata(path: string): boolean {
  return path.endsWith('/METADATA') && path.includes('.dist-info')
}

/** Also of files in an egg. */
export function isEggMetadata(path: string): boolean {
  return ['EGG-INFO/PKG-INFO', '.egg-info', '.egg-info/PKG-INFO', '.egg-info/METADATA'].some((end) =>
    path.endsWith(end),
  )
}
