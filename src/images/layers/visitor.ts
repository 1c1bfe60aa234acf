import { type ByteRange, type FileParts, GatheredParts, normalRanges } from './file-parts.ts'
import { cleanPath, type Whiteout, whiteoutOf } from './path.ts'
import type { PartsSink, TarEntry, TarSink } from './tar-reader.ts'

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
  /**
   * `head`: only the first four bytes (fewer in a smaller file). `parts`: the first 16 KiB, then what `begin` asks for.
   * A sparse file has no content: it is skipped.
   */
  file(file: LayerFile): 'body' | 'head' | 'parts' | 'skip'
  head(file: LayerFile, first: Uint8Array): void
  content(file: LayerFile, content: Uint8Array): void
  /** @returns the ranges to keep, besides the first bytes; none: nothing more of the file is shown */
  begin?(file: LayerFile, first: Uint8Array): readonly ByteRange[]
  /** What `begin` asked for and the first bytes; held without copies. */
  gathered?(file: LayerFile, parts: FileParts): void
  whiteout(whiteout: Whiteout): void
}

/**
 * A tar's entries as a layer's files and whiteouts, by Trivy's rules (pkg/fanal/walker/tar.go): whiteouts by name whatever the
 * entry's type; links are no files, hard ones neither.
 */
export function visitingSink(visitor: LayerVisitor): TarSink {
  let current: LayerFile | undefined
  let gathered: GatheredParts | undefined
  const parts: PartsSink = {
    begin(_, first) {
      if (current === undefined) return []
      const wanted = normalRanges(visitor.begin?.(current, first) ?? [], current.size)
      if (wanted.length === 0) return []
      gathered = new GatheredParts(current.size)
      gathered.add(0, Buffer.from(first))
      // What lies within the first bytes is there already; the end is told in any case.
      return wanted.map(({ start, end }) => ({ start: Math.max(start, first.length), end }))
    },
    piece: (_, offset, piece) => gathered?.add(offset, piece),
    end() {
      const whole = gathered
      gathered = undefined
      if (current !== undefined && whole !== undefined) visitor.gathered?.(current, whole)
    },
  }
  return {
    parts,
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
