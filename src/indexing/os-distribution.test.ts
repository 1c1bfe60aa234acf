import { describe, expect, it } from 'vitest'
import { buildPackageSet, type OperatingSystem, type Package } from '../inventory/index.ts'
import type { MergedPackage } from './merge.ts'
import { distributionOf, unmatchedNotes, withEndOfLife } from './os-distribution.ts'
import type { Distribution, IndexingPlugin } from './ports.ts'

const os: OperatingSystem = { family: 'test', release: '9', extended: false }
const subject: Distribution['subject'] = () => ({ subject: null, skipReason: null })
const supplied: Distribution = { family: 'test', subject }
const own: Distribution = {
  family: 'test',
  subject,
  inPlace: (packages) => (packages.some(({ name }) => name === 'rebuilt') ? supplied : undefined),
  endOfLife: ({ release }) => (release === '9' ? '2030-01-01T23:59:59Z' : undefined),
}
const plugins = [
  { distributions: [{ family: 'other', subject }, own] },
] as unknown as readonly IndexingPlugin[]

function merged(scope: 'os' | 'language', name: string): MergedPackage {
  return {
    fact: { name, version: '1' },
    file: { kind: 'packages', scope, ecosystem: 'test', path: 'db', packages: [] },
    layer: 0,
    context: { os, repository: null, buildInfo: null },
  }
}

describe('who speaks for an image', () => {
  it('is its family, or who rebuilt its OS packages', () => {
    expect(distributionOf(plugins, os, [merged('os', 'bash')])).toBe(own)
    expect(distributionOf(plugins, os, [merged('os', 'bash'), merged('os', 'rebuilt')])).toBe(supplied)
    expect(distributionOf(plugins, os, [merged('language', 'rebuilt')])).toBe(own)
    expect(distributionOf(plugins, { ...os, family: 'unknown' }, [])).toBeUndefined()
    expect(distributionOf(plugins, null, [])).toBeUndefined()
  })

  it('knows when support ends', () => {
    expect(withEndOfLife(os, own)).toEqual({ ...os, endOfLife: '2030-01-01T23:59:59Z' })
    expect(withEndOfLife({ ...os, release: '10' }, own)).toEqual({ ...os, release: '10' })
    expect(withEndOfLife(os, supplied)).toBe(os)
    expect(withEndOfLife(null, undefined)).toBeNull()
  })
})

describe('notes on what is not matched', () => {
  const shown = (name: string, more: Partial<Package>): { package: Package; path: null; layer: number } => ({
    package: {
      ecosystem: 'test',
      name,
      version: '1',
      arch: null,
      sourceName: null,
      sourceVersion: null,
      purl: `pkg:generic/${name}@1`,
      licenses: [],
      subject: null,
      skipReason: null,
      ...more,
    },
    path: null,
    layer: 0,
  })
  const notes = (system: OperatingSystem | null, ...packages: ReturnType<typeof shown>[]): string[] =>
    unmatchedNotes(buildPackageSet('os', packages).set, system)

  it('say which system no data covers, or that none is known', () => {
    const packages = [
      shown('a', { skipReason: 'unsupported-os' }),
      shown('b', { skipReason: 'unsupported-os' }),
    ]
    expect(notes(os, ...packages)).toEqual([
      '2 OS packages are listed but not matched: no vulnerability data covers test 9.',
    ])
    expect(notes(null, ...packages.slice(1))).toEqual([
      '1 OS package is listed but not matched: nothing says which operating system it is.',
    ])
    expect(notes(os, shown('a', { skipReason: 'third-party' }))).toEqual([])
  })

  it('say that no product is known', () => {
    const subjectOf = (cpeContext: string): Package['subject'] => ({
      space: 's',
      lookupKey: 'a',
      comparer: 'test',
      version: '1',
      arch: null,
      cpeContext,
      flavour: null,
    })
    expect(notes(os, shown('a', { subject: subjectOf('[]') }))).toEqual([
      '1 OS package is listed but not matched: nothing says which products of the vendor the image was built from.',
    ])
    expect(notes(os, shown('a', { subject: subjectOf('["repository/a"]') }))).toEqual([])
  })
})
