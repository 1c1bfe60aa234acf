import { describe, expect, it } from 'vitest'
import type { Advisory, AdvisoryDatabase, VulnerabilityDetails } from '../advisories/index.ts'
import { digestFromHex, type Severity } from '../core/index.ts'
import type { Subject } from '../inventory/index.ts'
import {
  createMatcher,
  effectiveSeverity,
  isBelowFix,
  isInVulnerableRange,
  libraryFixedVersion,
  type MatchingPlugin,
} from './index.ts'

const advisory = (more: Partial<Advisory> = {}): Advisory => ({
  vulnerabilityId: 'CVE-1',
  bucket: 'os 1',
  dataSource: { id: 'vendor', name: 'Vendor', url: 'https://example.com' },
  vendorIds: [],
  status: null,
  severity: null,
  fixedVersion: '',
  affectedVersion: '',
  vulnerableVersions: [],
  patchedVersions: [],
  unaffectedVersions: [],
  arches: [],
  entries: [],
  ...more,
})

const details = (
  vendorSeverity: Record<string, Severity>,
  severity: Severity | null = null,
): VulnerabilityDetails => ({
  id: '',
  title: '',
  description: '',
  severity,
  vendorSeverity,
  cvss: {},
  cweIds: [],
  references: [],
  publishedDate: null,
  lastModifiedDate: null,
})

/** Versions are whole numbers. */
const compare = (left: string, right: string): number | undefined =>
  /^\d+$/.test(left) && /^\d+$/.test(right) ? Number(left) - Number(right) : undefined

const plugin: MatchingPlugin = {
  id: 'numbers',
  matcherVersion: 1,
  isAffected: (subject, found) => isBelowFix(subject.version, found, compare),
  fixedVersion: (found) => found.fixedVersion,
  packageSeveritySource: (subject) => (subject.space === 'os 1' ? 'vendor' : null),
  compare,
}

const subject = (more: Partial<Subject> = {}): Subject => ({
  space: 'os 1',
  lookupKey: 'a',
  comparer: 'numbers',
  version: '5',
  arch: null,
  cpeContext: null,
  flavour: null,
  ...more,
})

function database(
  advisories: readonly Advisory[],
  records: Record<string, VulnerabilityDetails> = {},
): AdvisoryDatabase {
  return {
    digest: digestFromHex('0'.repeat(64)),
    updatedAt: 0,
    nextUpdate: 0,
    advisories: (_space, key) => (key === 'a' ? advisories : []),
    details: (id) => records[id],
    cpes: () => [],
    close() {},
  }
}

const matches = (
  advisories: readonly Advisory[],
  of = subject(),
  records?: Record<string, VulnerabilityDetails>,
) => createMatcher({ plugins: [plugin], database: database(advisories, records) }).match(of)

describe('the matcher', () => {
  it('sorts by id and keeps what is affected', () => {
    const found = matches([
      advisory({ vulnerabilityId: 'CVE-3', fixedVersion: '6' }),
      advisory({ vulnerabilityId: 'CVE-2', fixedVersion: '5' }),
      advisory({ vulnerabilityId: 'CVE-1' }),
    ])
    expect(found.map((match) => match.vulnerabilityId)).toEqual(['CVE-1', 'CVE-3'])
  })

  it.each([
    [{ fixedVersion: '6', status: 'will_not_fix' as const }, 'fixed'],
    [{ status: 'will_not_fix' as const }, 'will_not_fix'],
    [{ status: 'unknown' as const }, 'affected'],
    [{}, 'affected'],
  ])('%j has status %s', (more, status) => {
    expect(matches([advisory(more)])[0]?.status).toBe(status)
  })

  it('ignores the status and severity of an advisory where its detector does', () => {
    const [match] = matches(
      [advisory({ status: 'will_not_fix', severity: 'LOW' })],
      subject({ space: 'os 2' }),
    )
    expect(match).toMatchObject({
      status: 'affected',
      severity: 'UNKNOWN',
      severitySource: '',
      ownSeverity: null,
    })
  })

  it("lets the advisory's own severity win, be it unknown", () => {
    const records = { 'CVE-1': details({ vendor: 'HIGH', nvd: 'CRITICAL' }) }
    expect(matches([advisory({ severity: 'LOW' })], subject(), records)[0]).toMatchObject({
      severity: 'LOW',
      severitySource: 'vendor',
      ownSeverity: 'LOW',
    })
    expect(matches([advisory({ severity: 'UNKNOWN' })], subject(), records)[0]).toMatchObject({
      severity: 'UNKNOWN',
      severitySource: 'vendor',
      ownSeverity: 'UNKNOWN',
    })
    expect(matches([advisory()], subject(), records)[0]).toMatchObject({
      severity: 'HIGH',
      severitySource: 'vendor',
      ownSeverity: null,
    })
  })

  it('asks the severity of the source that a supplier builds on', () => {
    const records = { 'CVE-1': details({ supplier: 'HIGH', base: 'LOW' }) }
    const dataSource = { id: 'supplier', name: 'Supplier', url: '', baseId: 'base' }
    expect(matches([advisory({ dataSource })], subject(), records)[0]).toMatchObject({
      severity: 'LOW',
      severitySource: 'base',
    })
  })

  it('judges only what the ecosystem selects; of several under one id the highest fix as text', () => {
    const found = [
      advisory({ fixedVersion: '6' }),
      advisory({ fixedVersion: '7' }),
      advisory({ fixedVersion: '10' }),
    ]
    const select: MatchingPlugin['select'] = (of, all) =>
      all.filter((each) => each.arches.includes(of.arch ?? ''))
    const fixes = (list: readonly Advisory[], arch: string | null, choose?: typeof select) =>
      createMatcher({
        plugins: [{ ...plugin, ...(choose === undefined ? {} : { select: choose }) }],
        database: database(list),
      })
        .match(subject({ arch }))
        .map((match) => match.fixedVersion)
    expect(fixes(found, null)).toEqual(['7'])
    expect(fixes(found.toReversed(), null)).toEqual(['7'])
    const arches = found.map((each, index) => ({ ...each, arches: index === 1 ? ['arm'] : ['x86'] }))
    expect(fixes(arches, 'x86', select)).toEqual(['6'])
    expect(fixes(arches, 's390', select)).toEqual([])
  })

  it('says which comparer it does not know', () => {
    expect(() => matches([], subject({ comparer: 'other' }))).toThrow(
      expect.objectContaining({ code: 'comparer-unknown', kind: 'bug' }),
    )
  })

  it('reads nothing but the subject: equal subjects get equal matches, whatever came between', () => {
    const matcher = createMatcher({
      plugins: [plugin],
      database: database([advisory({ fixedVersion: '6' })]),
    })
    const first = matcher.match(subject())
    matcher.match(subject({ version: '9' }))
    expect(matcher.match(subject())).toEqual(first)
  })
})

describe('severity', () => {
  const vendors: Record<string, Severity> = { vendor: 'LOW', ghsa: 'MEDIUM', nvd: 'HIGH', zero: 'UNKNOWN' }
  it.each([
    [{ severity: 'CRITICAL' as const, source: 'own' }, 'vendor', vendors, 'CVE-1', 'CRITICAL', 'own'],
    [null, 'vendor', vendors, 'CVE-1', 'LOW', 'vendor'],
    [null, 'zero', vendors, 'CVE-1', 'UNKNOWN', 'zero'],
    [null, 'other', vendors, 'CVE-1', 'HIGH', 'nvd'],
    [null, 'other', vendors, 'GHSA-1', 'MEDIUM', 'ghsa'],
    [null, null, vendors, 'CVE-1', 'HIGH', 'nvd'],
    [null, 'other', {}, 'CVE-1', 'MEDIUM', ''],
    [null, 'constructor', {}, 'CVE-1', 'MEDIUM', ''],
    [null, 'other', undefined, 'GHSA-1', 'MEDIUM', ''],
  ])('%j, source %s of %j for %s: %s by %j', (own, source, of, id, severity, by) => {
    expect(effectiveSeverity(own, source, of, 'MEDIUM', id)).toEqual({ severity, source: by })
  })

  it('is unknown when nobody says', () => {
    expect(effectiveSeverity(null, null, undefined, null, 'CVE-1')).toEqual({
      severity: 'UNKNOWN',
      source: '',
    })
  })
})

describe('the rule of operating systems', () => {
  it.each([
    ['5', '', true],
    ['x', '', false],
    ['5', '6', true],
    ['5', '5', false],
    ['5', 'x', false],
  ])('installed %s, fixed %j: %s', (installed, fixedVersion, affected) => {
    expect(isBelowFix(installed, advisory({ fixedVersion }), compare)).toBe(affected)
  })
})

describe('the rule of libraries', () => {
  /** A constraint is a list of versions. */
  const satisfies = (constraint: string): boolean | undefined =>
    constraint.includes('broken') ? undefined : constraint.split(' || ').includes('5')

  it.each([
    [{}, false],
    [{ vulnerableVersions: [''] }, true],
    [{ patchedVersions: ['', '5'] }, true],
    [{ vulnerableVersions: ['4', '5'] }, true],
    [{ vulnerableVersions: ['4'] }, false],
    [{ vulnerableVersions: ['5'], patchedVersions: ['5'] }, false],
    [{ vulnerableVersions: ['5'], patchedVersions: ['6'] }, true],
    [{ vulnerableVersions: ['5'], unaffectedVersions: ['5'] }, false],
    [{ patchedVersions: ['6'] }, true],
    [{ unaffectedVersions: ['6'] }, true],
    [{ vulnerableVersions: ['broken'] }, false],
    [{ vulnerableVersions: ['5'], patchedVersions: ['broken'] }, false],
  ])('%j: %s', (more, affected) => {
    expect(isInVulnerableRange(advisory(more), satisfies)).toBe(affected)
  })

  it.each([
    [{ patchedVersions: ['>=2', '1.5'] }, '>=2, 1.5'],
    [{ vulnerableVersions: ['>=1.0, <1.2', '< 2.1', '<=3'] }, '1.2, 2.1'],
    [{ vulnerableVersions: ['>=1'] }, ''],
    [{ patchedVersions: ['2', '1.5', '2'] }, '2, 1.5'],
    [{ vulnerableVersions: ['>=1.0, <1.2', '<0.9', '>=0.9.5, <1.2'] }, '1.2, 0.9'],
  ])('%j is fixed in %j', (more, fixed) => {
    expect(libraryFixedVersion(advisory(more))).toBe(fixed)
  })
})
