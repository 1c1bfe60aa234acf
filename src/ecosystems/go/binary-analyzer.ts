import { MAX_KEPT, rangesToKeep } from '../../executables/index.ts'
import { type Analyzer, type FileParts, type LayerFact, wholeFile } from '../../indexing/index.ts'
import { isExecutableFile, libraryFacts } from '../index.ts'
import { readBuildInfo } from './build-info.ts'
import { packagesOfBinary } from './modules.ts'

/** Go programs of any size, stripped ones too: what `go version -m` shows of them. */
export const binaryAnalyzer: Analyzer = {
  id: 'go-binary',
  version: 1,
  maxSize: MAX_KEPT,
  wants: isExecutableFile,
  concerns: ({ executables }) => executables,
  read: (path, content) => readGoBinary(path, wholeFile(content)),
  partial: { ranges: rangesToKeep, read: readGoBinary },
}

function readGoBinary(path: string, file: FileParts): LayerFact[] {
  const info = readBuildInfo(file)
  if (info === undefined) return []
  return libraryFacts('go', path, packagesOfBinary(info))
}
