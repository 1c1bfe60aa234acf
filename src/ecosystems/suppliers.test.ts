import { describe, expect, it } from 'vitest'
import type { Advisory, AdvisoryDatabase } from '../advisories/index.ts'
import type { Distribution, PackageFact } from '../indexing/index.ts'
import type { OperatingSystem, Subject } from '../inventory/index.ts'
import { matchedAs } from './os-subject.ts'
import { withSuppliers, withSuppliersRules } from './suppliers.ts'

const os: OperatingSystem = { family: 'test', release: '9.1', extended: false }
const own: Distribution = {
  family: 'test',
  subject: ({ name, version }, { repository }) => ({
    ...matchedAs({ space: `test ${repository?.release ?? '9'}`, lookupKey: name, comparer: 'test', version }),
    purl: `pkg:test/${name}`,
  }),
}
const distribution = withSuppliers(own, 'test', {
  rootIo: { marks: /\.root\.io/, base: () => 'test 9' },
  rapidFort: { space: (version, release) => (version.includes('+rf') ? 'test' : `test ${release}`) },
  seal: { space: (release) => `test${release}` },
})
const plain: PackageFact = {
  name: 'bash',
  version: '5',
  release: '1',
  sourceName: 'shell',
  sourceVersion: '4',
}
const context = { os, repository: { family: 'test', release: 'edge' }, buildInfo: null }

/** Where a package is looked up in an image with these. */
function lookup(fact: PackageFact, others: readonly PackageFact[], system = os): string {
  const chosen = distribution.inPlace?.([fact, ...others], system) ?? distribution
  const { subject, skipReason, purl } = chosen.subject(fact, { ...context, os: system })
  expect(purl).toBe(`pkg:test/${fact.name}`)
  return subject === null ? (skipReason ?? '') : `${subject.space}: ${subject.lookupKey} ${subject.version}`
}

describe('packages of an image', () => {
  it('are looked up as ever without a supplier', () => {
    expect(lookup(plain, [])).toBe('test edge: bash 5')
  })

  it('are all looked up with Root.io, over the distribution, where one is its build', () => {
    const build = { name: 'tar', version: '1.root.io.1' }
    expect(lookup(plain, [build])).toBe('test 9\nroot.io test 9: shell 4')
    expect(lookup(build, [])).toBe('test 9\nroot.io test 9: tar ')
    expect(lookup({ ...plain, thirdParty: true }, [build])).toBe('third-party')
  })

  it('are all looked up with RapidFort alone, where a file says so, by source and by name', () => {
    const system = { ...os, supplier: 'rapidfort' }
    expect(lookup(plain, [{ name: 'tar', version: '1.root.io.1' }], system)).toBe(
      'rapidfort test 9.1: bash\nshell 4',
    )
    expect(lookup({ name: 'tar', version: '1+rf.1' }, [], system)).toBe('rapidfort test: tar 1+rf.1')
    expect(lookup({ ...plain, thirdParty: true }, [], system)).toBe('rapidfort test 9.1: bash\nshell 4')
    expect(lookup({ ...plain, name: 'gpg-pubkey' }, [], system)).toBe('no-version')
  })

  it('are looked up with Seal where they are its own; others by the release alone', () => {
    const seal = { name: 'seal-tar', version: '1', release: '8', thirdParty: true }
    expect(lookup(seal, [])).toBe('seal test8: seal-tar ')
    expect(
      lookup({ ...seal, name: 'tar', sourceName: 'SEAL-tar', sourceVersion: '1', sourceRelease: '7' }, []),
    ).toBe('seal test7: SEAL-tar 1-7')
    expect(lookup(plain, [seal])).toBe('test 9: bash 5')
  })
})

const advisory = (more: Partial<Advisory> = {}): Advisory => ({
  vulnerabilityId: 'CVE-1',
  bucket: 'root.io test 9',
  dataSource: { id: 'rootio', name: '', url: '', baseId: 'base' },
  vendorIds: [],
  status: 'will_not_fix',
  severity: 'LOW',
  fixedVersion: '',
  affectedVersion: '',
  vulnerableVersions: [],
  patchedVersions: [],
  unaffectedVersions: [],
  arches: [],
  entries: [],
  ...more,
})

describe('statements of suppliers', () => {
  const rules = withSuppliersRules({
    isAffected: () => false,
    fixedVersion: (found) => found.fixedVersion,
    compare: (left, right) =>
      /^\d+$/.test(left) && /^\d+$/.test(right) ? Number(left) - Number(right) : undefined,
  })
  const subject: Subject = {
    space: 'test 9\nroot.io test 9',
    lookupKey: 'a',
    comparer: 'test',
    version: '5',
    arch: null,
    cpeContext: null,
    flavour: null,
  }
  const affected = (more: Partial<Advisory>, version = '5'): boolean =>
    rules.isAffected({ ...subject, version }, advisory(more))

  it.each([
    [['<6'], true],
    [['<5'], false],
    [['<=5'], true],
    [['>=5, <7'], true],
    [['>=6, <7'], false],
    [['>4 <6'], true],
    [['=5'], true],
    [['==4'], false],
    [['!=5'], false],
    [['!=4'], true],
    [['5'], true],
    [['<1', '>4'], true],
    [['~5'], false],
    [['< 6'], false],
    [[''], false],
    [['<6beta'], false],
  ])('in %j is affected: %s', (vulnerableVersions, wanted) => {
    expect(affected({ vulnerableVersions })).toBe(wanted)
  })

  it.each([
    [['~5', '<6'], false],
    [['', '<6'], false],
    [['<6beta', '<6'], false],
    [['<6', '~5'], true],
    [['>5, <6beta', '<6'], true],
    [['>5, ~6', '<6'], false],
  ])('in %j is affected: %s; RapidFort’s unreadable ranges are passed over', (vulnerableVersions, wanted) => {
    expect(affected({ vulnerableVersions })).toBe(wanted)
    expect(affected({ vulnerableVersions, bucket: 'rapidfort test' })).toBe(true)
  })

  it('without a range mean every version; a fix is a range; no version is in none', () => {
    expect(affected({})).toBe(true)
    expect(affected({ fixedVersion: '6' })).toBe(true)
    expect(affected({ fixedVersion: '5' })).toBe(false)
    expect(affected({ vulnerableVersions: ['<6'] }, '')).toBe(false)
    expect(affected({}, '')).toBe(true)
    expect(affected({ bucket: 'rapidfort test' }, '')).toBe(false)
  })

  it('have severities of their own, or of what they build on', () => {
    const source = (bucket: string): string | null =>
      rules.packageSeveritySource(subject, advisory({ bucket }))
    expect([source('root.io test 9'), source('seal test')]).toEqual(['rootio', 'base'])
    expect(rules.packageSeveritySource({ ...subject, space: 'test 9' }, advisory())).toBeNull()
  })

  it('lose their status and the ids of the distribution’s advisories', () => {
    const list = [advisory({ vendorIds: ['DSA-1'] })]
    const none = {} as AdvisoryDatabase
    expect(rules.select(subject, list, none)).toMatchObject([{ status: null, vendorIds: [] }])
    expect(rules.select({ ...subject, space: 'test 9' }, list, none)).toEqual(list)
  })

  it('show the fix of the range that the version is in, where each has one (Seal)', () => {
    const ranges = { vulnerableVersions: ['<3', '>=4, <8'], patchedVersions: ['3', '8'] }
    const shown = (bucket: string): string[] =>
      rules
        .select(subject, [advisory({ bucket, ...ranges })], {} as AdvisoryDatabase)
        .filter((each) => rules.isAffected(subject, each))
        .map(rules.fixedVersion)
    expect(shown('seal test')).toEqual(['8'])
    expect(shown('root.io test 9')).toEqual(['3, 8'])
  })

  it('without a range are none where they are Seal’s', () => {
    const stated = (bucket: string): number =>
      rules.select(subject, [advisory({ bucket, fixedVersion: '9' })], {} as AdvisoryDatabase).length
    expect([stated('seal test'), stated('root.io test 9')]).toEqual([0, 1])
  })

  it('leave other subjects to the ecosystem', () => {
    expect(rules.isAffected({ ...subject, space: 'test 9' }, advisory())).toBe(false)
  })
})
