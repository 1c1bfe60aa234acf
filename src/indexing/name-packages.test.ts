import { describe, expect, it } from 'vitest'
import { digestFromHex } from '../core/index.ts'
import type { LayerResults } from './layer-results.ts'
import { namePackages, needsNames } from './name-packages.ts'
import type { IndexingPlugin, LayerFact, NameDatabase, UnnamedPackage } from './ports.ts'

const plugin: IndexingPlugin = {
  id: 'jar',
  analyzers: [],
  distributions: [],
  describe: () => {
    throw new Error('not asked')
  },
  naming: {
    name: ({ sha1, guessed }, names) => {
      const found = names?.bySha1(sha1)
      if (found !== undefined)
        return { package: { name: found.artifact, version: found.version }, certain: true }
      return guessed === undefined || names === null
        ? undefined
        : { package: { name: guessed.artifact, version: guessed.version }, certain: false }
    },
    unique: (packages) =>
      packages.filter((each, index) => packages.findIndex(({ name }) => name === each.name) === index),
    missing: (count) => `${count} without a name`,
  },
}

const names: NameDatabase = {
  digest: digestFromHex('1'.repeat(64)),
  bySha1: (sha1) => (sha1 === 'known' ? { group: 'g', artifact: 'published', version: '1' } : undefined),
  exists: () => false,
  groupOf: () => undefined,
}

const guess = { artifact: 'guessed', version: '2' }

function file(unnamed: readonly UnnamedPackage[] | undefined, ...packages: readonly string[]): LayerFact {
  return {
    kind: 'packages',
    scope: 'language',
    ecosystem: 'jar',
    path: 'a.jar',
    packages: packages.map((name) => ({ name, version: '1' })),
    ...(unnamed === undefined ? {} : { unnamed }),
  }
}

function layer(...facts: readonly LayerFact[]): LayerResults {
  return { shape: { whiteouts: [], features: null }, byAnalyzer: new Map([['jar', { facts, notes: [] }]]) }
}

function namesIn(layers: readonly LayerResults[]): unknown {
  return layers.map(({ byAnalyzer }) =>
    byAnalyzer
      .get('jar')
      ?.facts.map((fact) => (fact.kind === 'packages' ? fact.packages.map(({ name }) => name) : fact.kind)),
  )
}

describe('naming packages', () => {
  it('leaves layers alone in which all have names', () => {
    const whole = [layer(file(undefined, 'a'))]
    expect(needsNames(whole)).toBe(false)
    expect(namePackages(whole, [plugin], names).layers[0]).toBe(whole[0])
  })

  it('gives names, drops files that get none, and counts what newer data may name otherwise', () => {
    const layers = [
      layer(
        file([{ sha1: 'known' }, { sha1: 'unknown' }], 'a'),
        file([{ sha1: 'unknown' }]),
        file([{ sha1: 'unknown', guessed: guess }]),
        file([{ sha1: 'known' }], 'published'),
      ),
    ]
    expect(needsNames(layers)).toBe(true)
    const named = namePackages(layers, [plugin], names)
    expect(namesIn(named.layers)).toEqual([[['a', 'published'], ['guessed'], ['published']]])
    expect(named).toMatchObject({ unresolved: 3, notes: [] })
  })

  it('says how many have none where there is no database', () => {
    const named = namePackages([layer(file([{ sha1: 'known' }, { sha1: 'b' }], 'a'))], [plugin], null)
    expect(namesIn(named.layers)).toEqual([[['a']]])
    expect(named).toMatchObject({ unresolved: 2, notes: ['2 without a name'] })
  })

  it('keeps what is named of an ecosystem that is gone', () => {
    expect(namesIn(namePackages([layer(file([{ sha1: 'known' }], 'a'))], [], names).layers)).toEqual([
      [['a']],
    ])
  })
})
