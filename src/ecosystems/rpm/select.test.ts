import { describe, expect, it } from 'vitest'
import type { Advisory, AdvisoryDatabase, AdvisoryEntry } from '../../advisories/index.ts'
import { digestFromHex } from '../../core/index.ts'
import type { Subject } from '../../inventory/index.ts'
import { rpm } from './index.ts'

const entry = (more: Partial<AdvisoryEntry>): AdvisoryEntry => ({
  fixedVersion: '',
  arches: [],
  vendorIds: [],
  status: null,
  severity: null,
  affectedCpes: [],
  cves: [],
  ...more,
})

const advisory = (vulnerabilityId: string, more: Partial<Advisory> = {}): Advisory => ({
  vulnerabilityId,
  bucket: 'Red Hat',
  dataSource: null,
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

const subject = (more: Partial<Subject>): Subject => ({
  space: 'Red Hat',
  lookupKey: 'bash',
  comparer: 'rpm',
  version: '5-1',
  arch: 'x86_64',
  cpeContext: null,
  flavour: null,
  ...more,
})

const products: Readonly<Record<string, readonly number[]>> = {
  'repository/base': [1, 2],
  'nvr/build/x': [3],
}
const database: AdvisoryDatabase = {
  digest: digestFromHex('0'.repeat(64)),
  updatedAt: 0,
  nextUpdate: 0,
  advisories: () => [],
  details: () => undefined,
  cpes: (kind, name) => products[`${kind}/${name}`] ?? [],
  close: () => undefined,
}

const selected = (of: Subject, ...advisories: readonly Advisory[]): readonly Advisory[] =>
  rpm.select?.(of, advisories, database) ?? []

describe('Red Hat', () => {
  const at = (...names: readonly string[]): Subject => subject({ cpeContext: JSON.stringify(names) })
  const brief = (found: readonly Advisory[]): string[] =>
    found.map((each) =>
      [each.vulnerabilityId, each.fixedVersion, ...each.vendorIds, each.severity, each.status].join(' '),
    )

  it('takes the entries for the products of the build, one advisory a CVE', () => {
    const rhsa = advisory('RHSA-1', {
      entries: [
        entry({
          fixedVersion: '6',
          affectedCpes: [2],
          cves: [
            { id: 'CVE-1', severity: 'LOW' },
            { id: 'CVE-2', severity: null },
          ],
        }),
        entry({ fixedVersion: '7', affectedCpes: [9], cves: [{ id: 'CVE-3', severity: 'LOW' }] }),
      ],
    })
    expect(brief(selected(at('repository/base'), rhsa))).toEqual([
      'CVE-1 6 RHSA-1 LOW ',
      'CVE-2 6 RHSA-1 UNKNOWN ',
    ])
    expect(selected(at('repository/other'), rhsa)).toEqual([])
    expect(selected(at(), rhsa)).toEqual([])
  })

  it('knows the build by its name, slashes and all', () => {
    const found = advisory('CVE-1', {
      entries: [entry({ status: 'will_not_fix', affectedCpes: [3], cves: [{ id: '', severity: 'HIGH' }] })],
    })
    expect(brief(selected(at('nvr/build/x'), found))).toEqual(['CVE-1  HIGH will_not_fix'])
  })

  it('of several fixes of one CVE takes the latest, in any order; a fix goes before none', () => {
    const cves = [{ id: 'CVE-1', severity: null }]
    const list = ['6', '10', '9'].map((fixedVersion, index) =>
      advisory(`RHSA-${index}`, { entries: [entry({ fixedVersion, affectedCpes: [1], cves })] }),
    )
    list.push(
      advisory('CVE-1', { entries: [entry({ affectedCpes: [1], cves: [{ id: '', severity: null }] })] }),
    )
    for (const order of [list, list.toReversed()]) {
      expect(brief(selected(at('repository/base'), ...order))).toEqual(['CVE-1 10 RHSA-1 UNKNOWN '])
    }
  })

  it('leaves out entries for other architectures; noarch meets all', () => {
    const found = advisory('CVE-1', {
      entries: [entry({ arches: ['s390x'], affectedCpes: [1], cves: [{ id: '', severity: null }] })],
    })
    const cpeContext = '["repository/base"]'
    expect(selected(subject({ cpeContext }), found)).toEqual([])
    expect(selected(subject({ cpeContext, arch: null }), found)).toEqual([])
    expect(selected(subject({ cpeContext, arch: 'noarch' }), found)).toHaveLength(1)
    expect(selected(subject({ cpeContext, arch: 's390x' }), found)).toHaveLength(1)
  })
})

describe('Rocky and Oracle', () => {
  it('take the entries that name the architecture, noarch too; without entries the statement itself', () => {
    const found = advisory('CVE-1', {
      fixedVersion: '1',
      entries: [
        entry({ fixedVersion: '6', arches: ['x86_64'], vendorIds: ['RLSA-1'] }),
        entry({ fixedVersion: '7', arches: ['aarch64'] }),
      ],
    })
    const fixes = (arch: string): string[] =>
      selected(subject({ space: 'rocky 8', arch }), found).map((each) => each.fixedVersion)
    expect(fixes('x86_64')).toEqual(['6'])
    expect(fixes('noarch')).toEqual([])
    expect(selected(subject({ space: 'rocky 8' }), advisory('CVE-2', { fixedVersion: '9' }))).toHaveLength(1)
  })

  it('show no ids of the vendor’s advisories, nor do the others', () => {
    const found = advisory('CVE-1', {
      vendorIds: ['RLSA-2'],
      entries: [entry({ fixedVersion: '6', arches: ['x86_64'], vendorIds: ['RLSA-1'] })],
    })
    const ids = (space: string, arch: string | null): readonly string[] =>
      selected(subject({ space, arch }), found).flatMap((each) => each.vendorIds)
    expect(selected(subject({ space: 'rocky 8' }), found)).toHaveLength(1)
    expect([ids('rocky 8', 'x86_64'), ids('Oracle Linux 8', 'x86_64'), ids('alma 9', null)]).toEqual([
      [],
      [],
      [],
    ])
  })

  it('never compare flavours of Oracle’s with one another', () => {
    const list = ['6.el8', '6.ksplice1.el8', '6.el8_fips'].map((fix, index) =>
      advisory(`CVE-${index}`, { fixedVersion: fix }),
    )
    const ids = (flavour: string | null): string[] =>
      selected(subject({ space: 'Oracle Linux 8', flavour }), ...list).map((each) => each.vulnerabilityId)
    expect([ids(null), ids('ksplice'), ids('fips')]).toEqual([['CVE-0'], ['CVE-1'], ['CVE-2']])
  })
})

describe('verdicts', () => {
  it('without a fix are none but at Red Hat and Microsoft', () => {
    const affected = (space: string): boolean => rpm.isAffected(subject({ space }), advisory('CVE-1'))
    expect(['Red Hat', 'CBL-Mariner 2.0', 'Azure Linux 3.0'].every(affected)).toBe(true)
    expect(
      ['alma 9', 'rocky 8', 'Oracle Linux 8', 'amazon linux 2', 'Photon OS 4.0', 'openSUSE Leap 15.5'].some(
        affected,
      ),
    ).toBe(false)
  })

  it('of Amazon follow Debian’s order', () => {
    const judge = (space: string): boolean =>
      rpm.isAffected(subject({ space, version: '1+0-1' }), advisory('CVE-1', { fixedVersion: '1.0-1' }))
    expect(judge('amazon linux 2')).toBe(true)
    expect(judge('alma 9')).toBe(false)
  })

  it('show a fix as their sources spell it', () => {
    const shown = (bucket: string): string =>
      rpm.fixedVersion(advisory('CVE-1', { bucket, fixedVersion: '0:1.2-3' }))
    expect(['Red Hat', 'alma 9', 'rocky 8', 'CBL-Mariner 2.0'].map(shown)).toEqual([
      '1.2-3',
      '1.2-3',
      '1.2-3',
      '1.2-3',
    ])
    expect(['Oracle Linux 8', 'amazon linux 2', 'Photon OS 4.0'].map(shown)).toEqual([
      '0:1.2-3',
      '0:1.2-3',
      '0:1.2-3',
    ])
  })
})
