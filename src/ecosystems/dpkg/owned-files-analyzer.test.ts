import { describe, expect, it } from 'vitest'
import type { LayerFact } from '../../indexing/index.ts'
import { boundMemory } from '../../test-support/memory.ts'
import { ownedFilesAnalyzer } from './owned-files-analyzer.ts'

boundMemory()

const { maxSize } = ownedFilesAnalyzer

function read(kind: 'list' | 'md5sums', content: string | Uint8Array): readonly LayerFact[] {
  return ownedFilesAnalyzer.read(`var/lib/dpkg/info/a.${kind}`, Buffer.from(content))
}

const owned = (files: readonly string[]): LayerFact[] => [{ kind: 'owned-files', owner: 'a', files }]

describe('lists of owned files', () => {
  it('are read as they stand, without folders and the root', () => {
    const lines = '/.\n/usr\n/usr/b c\n/usr/bé\n/usr/bé/x\n\n/usr/bé\nplain\n/\n//twice\n/last'
    expect(read('list', lines)).toEqual(owned(['usr/b c', 'usr/bé/x', 'usr/bé', 'plain', '/twice', 'last']))
    expect(read('list', '')).toEqual(owned([]))
  })

  it('with checksums have the path behind the first two spaces', () => {
    expect(read('md5sums', 'd4  usr/a  b\nnone\n d5   c\n')).toEqual(owned(['usr/a  b', ' c']))
  })

  it.each([
    ['list', '/abc\n'],
    ['md5sums', '  a\n'],
  ] as const)('are refused with more than any package has: %s', (kind, line) => {
    const content = Buffer.alloc(maxSize, line)
    expect(() => read(kind, content)).toThrow('more than 500000 files')
  })

  it('leave nothing in memory but the paths', () => {
    const content = Buffer.concat([
      Buffer.alloc(maxSize - 100, '.'),
      Buffer.from('  usr/share/a-long-path/file'),
    ])
    const kept = Array.from({ length: 20 }, () => read('md5sums', content))
    expect(kept.every(([fact]) => fact?.kind === 'owned-files' && fact.files.length === 1)).toBe(true)
  })
})
