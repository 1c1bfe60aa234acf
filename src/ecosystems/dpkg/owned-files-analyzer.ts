import type { Analyzer } from '../../indexing/index.ts'
import { decodeText } from '../index.ts'

const list = /^var\/lib\/dpkg\/info\/[^/]+\.list$/
const checksums = /^var\/lib\/dpkg\/(?:info|status\.d)\/[^/]+\.md5sums$/

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
    const lines = decodeText(content).split('\n')
    const owner = path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('.'))
    return [{ kind: 'owned-files', owner, files: path.endsWith('.list') ? listed(lines) : summed(lines) }]
  },
}

/** A folder is followed by what is in it; those are left out. */
function listed(lines: readonly string[]): string[] {
  return lines
    .filter((line, index) => line !== '/.' && !lines[index + 1]?.startsWith(`${line}/`))
    .map((line) => line.replace(/^\//, ''))
    .filter((file) => file !== '')
}

/** deb-md5sums(5): digest, two spaces, path without a leading slash. */
function summed(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const gap = line.indexOf('  ')
    return gap === -1 ? [] : [line.slice(gap + 2)]
  })
}
