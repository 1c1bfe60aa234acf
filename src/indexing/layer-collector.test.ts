import { describe, expect, it } from 'vitest'
import { parseDigest } from '../core/index.ts'
import { LayerCollector } from './layer-collector.ts'
import type { Analyzer, LayerFact, PackageFact } from './ports.ts'

const layer = parseDigest(`sha256:${'a'.repeat(64)}`)

/** Finds in each file what is said here. */
function analyzerOf(facts: readonly LayerFact[], more: Partial<Analyzer> = {}): Analyzer {
  return { id: 'test', version: 1, maxSize: 1, wants: () => true, read: () => facts, ...more }
}

function show(collector: LayerCollector, files: number): LayerCollector {
  for (let index = 0; index < files; index++) {
    const file = { path: `file-${index}`, size: 1, mode: 0o644, sparse: false }
    collector.file(file)
    collector.content(file, new Uint8Array(1))
  }
  return collector
}

const packages = (...found: PackageFact[]): LayerFact[] => [
  { kind: 'packages', scope: 'language', ecosystem: 'npm', path: 'a', packages: found },
]

describe('a layer is refused', () => {
  const many = 100_000
  const part = new Map([['a', [{ name: 'x'.repeat(2 ** 20) }]]])

  it.each<[string, LayerFact[], number]>([
    ['packages', packages(...Array<PackageFact>(many).fill({ name: 'a', version: '1' })), 5],
    ['files of packages', [{ kind: 'owned-files', owner: 'a', files: Array<string>(many).fill('b') }], 20],
    ['text about its packages', packages({ name: 'x'.repeat(2 ** 20), version: '1' }), 191],
    ['text about its packages', [{ kind: 'part', path: '', part }], 191],
    ['text about its packages', [{ kind: 'part', path: '', part: Array<string>(many).fill('c') }], 118],
  ])('with more %s than any real image', (what, facts, most) => {
    const collector = (): LayerCollector => new LayerCollector(layer, [analyzerOf(facts)])
    expect(show(collector(), most).results().byAnalyzer.get('test')?.notes).toEqual([])
    expect(() => show(collector(), most + 1)).toThrow(`more ${what} than any real image`)
  })
})

it('an analyzer that fails after the last file is noted with its files; the others go on', () => {
  const found = packages({ name: 'a', version: '1' })
  const both: Partial<Analyzer>[] = [
    { id: 'good' },
    {
      id: 'bad',
      wants: ({ path }) => path < 'file-2',
      finish: () => {
        throw new RangeError('Maximum call stack size exceeded')
      },
    },
  ]
  const { byAnalyzer } = show(
    new LayerCollector(
      layer,
      both.map((more) => analyzerOf(found, more)),
    ),
    3,
  ).results()
  expect(byAnalyzer.get('good')).toEqual({ facts: [...found, ...found, ...found], notes: [] })
  expect(byAnalyzer.get('bad')).toEqual({
    facts: [],
    notes: [0, 1].map((file) => `could not read file-${file}: Maximum call stack size exceeded`),
  })
})
