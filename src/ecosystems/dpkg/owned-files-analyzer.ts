import type { Analyzer } from '../../indexing/index.ts'
import { decodeText } from '../index.ts'

const list = /^var\/lib\/dpkg\/info\/[^/]+\.list$/
const checksums = /^var\/lib\/dpkg\/(?:info|status\.d)\/[^/]+\.md5sums$/

/** Of one package; the largest real ones (icons, documentation of TeX) have some 100,000. */
const MAX_FILES = 500_000

const NEWLINE = 0x0a
const SLASH = 0x2f

/**
 * Reads which files dpkg's packages own. Trivy reads the `.list` files up to 0.64 and the `.md5sums` since 0.65; both are
 * read here, for what one states and the other lacks is owned all the same.
 */
export const ownedFilesAnalyzer: Analyzer = {
  id: 'dpkg-files',
  version: 2,
  maxSize: 32 * 1024 * 1024,
  wants: (file) => list.test(file.path) || checksums.test(file.path),
  read: (path, content) => {
    const owner = path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('.'))
    const files: string[] = []
    // Each is decoded alone: a piece of a longer text would keep the whole of it.
    for (const file of path.endsWith('.list') ? listed(content) : summed(content)) {
      if (files.length === MAX_FILES) throw new Error(`it lists more than ${MAX_FILES} files`)
      files.push(decodeText(file))
    }
    return [{ kind: 'owned-files', owner, files }]
  },
}

/** A folder is followed by what is in it; those are left out. */
function* listed(content: Uint8Array): Generator<Uint8Array> {
  let last: Buffer | undefined
  for (const line of linesOf(content)) {
    if (last !== undefined && !isFolderOf(last, line)) yield* pathIn(last)
    last = line
  }
  if (last !== undefined) yield* pathIn(last)
}

function isFolderOf(line: Buffer, next: Buffer): boolean {
  return next[line.length] === SLASH && next.subarray(0, line.length).equals(line)
}

/** Without the slash in front; none for the root, which dpkg calls `/.`. */
function pathIn(line: Buffer): Uint8Array[] {
  const path = line[0] === SLASH ? line.subarray(1) : line
  return path.length === 0 || line.equals(root) ? [] : [path]
}

const root = Buffer.from('/.')

/** deb-md5sums(5): digest, two spaces, path without a leading slash. */
function* summed(content: Uint8Array): Generator<Uint8Array> {
  for (const line of linesOf(content)) {
    const gap = line.indexOf('  ')
    if (gap !== -1) yield line.subarray(gap + 2)
  }
}

/** One by one: a list may have as many lines as bytes. */
function* linesOf(content: Uint8Array): Generator<Buffer> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  for (let start = 0; start <= bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.length : newline
    yield bytes.subarray(start, end)
    start = end + 1
  }
}
