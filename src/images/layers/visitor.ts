import { cleanPath, type Whiteout, whiteoutOf } from './path.ts'
import type { TarEntry, TarSink } from './tar-reader.ts'

/** A regular file of a layer, before its body. */
export interface LayerFile {
  /** Cleaned as Trivy cleans it: no leading `/` or `./`; `..` only in front, for names that lead out of the image. */
  readonly path: string
  readonly size: number
  readonly mode: number
  /** Stored sparse: its content cannot be had. */
  readonly sparse: boolean
}

/** Who is shown what is in a layer. Called synchronously, in the tar's order; bytes are valid during the call only. */
export interface LayerVisitor {
  /** `head`: only the first four bytes (fewer in a smaller file). A sparse file has no `body`: it is skipped. */
  file(file: LayerFile): 'body' | 'head' | 'skip'
  head(file: LayerFile, first: Uint8Array): void
  content(file: LayerFile, content: Uint8Array): void
  whiteout(whiteout: Whiteout): void
}

/**
 * A tar's entries as a layer's files and whiteouts, by Trivy's rules (pkg/fanal/walker/tar.go): whiteouts by name whatever the
 * entry's type; links are no files, hard ones neither.
 */
export function visitingSink(visitor: LayerVisitor): TarSink {
  let current: LayerFile | undefined
  return {
    entry(entry: TarEntry) {
      const path = cleanPath(entry.name)
      const whiteout = whiteoutOf(path)
      if (whiteout !== undefined) {
        visitor.whiteout(whiteout)
        return 'skip'
      }
      if (entry.type !== 'file') return 'skip'
      current = { path, size: entry.size, mode: entry.mode, sparse: entry.sparse }
      const choice = visitor.file(current)
      return entry.sparse ? 'skip' : choice
    },
    head(_, first) {
      if (current !== undefined) visitor.head(current, first)
    },
    body(_, content) {
      if (current !== undefined) visitor.content(current, content)
    },
  }
}
