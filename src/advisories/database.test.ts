import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  buildVulnerabilityDatabase,
  type DatabaseRows,
} from '../test-support/vulnerability-database/index.ts'
import { type AdvisoryDatabase, openDatabaseFolder } from './index.ts'

async function build(rows: DatabaseRows, version = 2): Promise<AdvisoryDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-database-'))
  await buildVulnerabilityDatabase(rows, { version, updatedAt: '2026-05-04T03:02:01Z' }).writeFolder(folder)
  return openDatabaseFolder(folder)
}

describe('advisories', () => {
  it('gives all statements of one space on one package, with its data source', async () => {
    const database = await build({
      advisories: [
        {
          bucket: 'debian 12',
          package: 'openssl',
          id: 'CVE-2024-2',
          status: 'will_not_fix',
          severity: 'LOW',
        },
        {
          bucket: 'debian 12',
          package: 'openssl',
          id: 'CVE-2024-1',
          fixedVersion: '3.0-1',
          vendorIds: ['DSA-1'],
        },
        { bucket: 'debian 12', package: 'openssl-extra', id: 'CVE-2024-3' },
        { bucket: 'debian 11', package: 'openssl', id: 'CVE-2024-4' },
      ],
      dataSources: [{ bucket: 'debian 12', id: 'debian', name: 'Tracker', url: 'https://example.com' }],
    })
    const found = database.advisories('debian 12', 'openssl')
    expect(found.map((advisory) => advisory.vulnerabilityId)).toEqual(['CVE-2024-1', 'CVE-2024-2'])
    expect(found[0]).toEqual({
      vulnerabilityId: 'CVE-2024-1',
      bucket: 'debian 12',
      dataSource: { id: 'debian', name: 'Tracker', url: 'https://example.com' },
      vendorIds: ['DSA-1'],
      status: null,
      severity: null,
      fixedVersion: '3.0-1',
      affectedVersion: '',
      vulnerableVersions: [],
      patchedVersions: [],
      unaffectedVersions: [],
      arches: [],
      entries: [],
    })
    expect(found[1]).toMatchObject({ status: 'will_not_fix', severity: 'LOW', fixedVersion: '' })
    expect(database.advisories('debian 11', 'openssl')[0]?.dataSource).toBeNull()
  })

  it('knows nothing of spaces and packages that are not there', async () => {
    const database = await build({ advisories: [{ bucket: 'debian 12', package: 'a', id: 'CVE-1' }] })
    expect(database.advisories('debian 13', 'a')).toEqual([])
    expect(database.advisories('debian 12', 'b')).toEqual([])
    expect(database.advisories('debian', 'a')).toEqual([])
    expect(database.advisories('npm::', 'a')).toEqual([])
  })

  it('joins every bucket of a prefix; where two state one vulnerability, the later bucket wins', async () => {
    const database = await build({
      advisories: [
        { bucket: 'npm::A', package: 'left-pad', id: 'CVE-2', vulnerableVersions: ['<1'] },
        { bucket: 'npm::B', package: 'left-pad', id: 'CVE-2', vulnerableVersions: ['<2'] },
        { bucket: 'npm::B', package: 'left-pad', id: 'CVE-1', patchedVersions: ['>=3'] },
        { bucket: 'npmx::C', package: 'left-pad', id: 'CVE-3' },
        { bucket: 'np', package: 'left-pad', id: 'CVE-4' },
      ],
    })
    const found = database.advisories('npm::', 'left-pad')
    expect(found.map(({ vulnerabilityId, bucket }) => [vulnerabilityId, bucket])).toEqual([
      ['CVE-1', 'npm::B'],
      ['CVE-2', 'npm::B'],
    ])
    expect(found[1]?.vulnerableVersions).toEqual(['<2'])
  })

  it('reads several statements under one id', async () => {
    const database = await build({
      advisories: [
        {
          bucket: 'Red Hat',
          package: 'bash',
          id: 'RHSA-2024:1',
          entries: [
            {
              fixedVersion: '5-1',
              arches: ['x86_64'],
              cpes: [1, 3],
              cves: [{ id: 'CVE-1', severity: 'LOW' }, {}],
            },
            { status: 'will_not_fix', severity: 'HIGH', vendorIds: ['V-1'] },
          ],
        },
      ],
    })
    const empty = {
      fixedVersion: '',
      arches: [],
      vendorIds: [],
      status: null,
      severity: null,
      affectedCpes: [],
      cves: [],
    }
    expect(database.advisories('Red Hat', 'bash')[0]?.entries).toEqual([
      {
        ...empty,
        fixedVersion: '5-1',
        arches: ['x86_64'],
        affectedCpes: [1, 3],
        cves: [
          { id: 'CVE-1', severity: 'LOW' },
          { id: '', severity: null },
        ],
      },
      { ...empty, status: 'will_not_fix', severity: 'HIGH', vendorIds: ['V-1'] },
    ])
  })

  it('reads lists of buckets and keys: the later win', async () => {
    const database = await build({
      advisories: [
        { bucket: 'base', package: 'a', id: 'CVE-1', fixedVersion: '1' },
        { bucket: 'base', package: 'a', id: 'CVE-2', fixedVersion: '1' },
        { bucket: 'over', package: 'a', id: 'CVE-1', fixedVersion: '2' },
        { bucket: 'over', package: 'b', id: 'CVE-1', fixedVersion: '3' },
        { bucket: 'npm::A', package: 'a', id: 'CVE-3' },
        { bucket: 'seal npm::A', package: 'a', id: 'CVE-4' },
      ],
    })
    const read = (space: string, key: string): string[] =>
      database.advisories(space, key).map((found) => `${found.vulnerabilityId} ${found.fixedVersion}`)
    expect(read('base\nover', 'a')).toEqual(['CVE-1 2', 'CVE-2 1'])
    expect(read('over\nbase', 'a')).toEqual(['CVE-1 1', 'CVE-2 1'])
    expect(read('over', 'a\nb')).toEqual(['CVE-1 3'])
    // A library may be called anything.
    expect(read('npm::', 'a\nb')).toEqual([])
    expect(read('npm::\nseal npm::', 'a\nb')).toEqual([])
    expect(read('npm::\nseal npm::', 'a')).toEqual(['CVE-3 ', 'CVE-4 '])
    expect(read('npm::', 'a')).toEqual(['CVE-3 '])
  })

  it('knows Red Hat’s products by repository and by build', async () => {
    const database = await build({
      cpes: [
        { kind: 'repository', name: 'rhel-8-baseos', cpes: [1, 2] },
        { kind: 'nvr', name: 'ubi8-8.7-1-x86_64', cpes: [3] },
      ],
    })
    expect(database.cpes('repository', 'rhel-8-baseos')).toEqual([1, 2])
    expect(database.cpes('nvr', 'ubi8-8.7-1-x86_64')).toEqual([3])
    expect(database.cpes('nvr', 'rhel-8-baseos')).toEqual([])
    expect((await build({})).cpes('nvr', 'a')).toEqual([])
  })

  it('ignores unknown fields and fields of the wrong type', async () => {
    const raw = {
      FixedVersion: 7,
      VendorIDs: ['DSA-1', 3, null],
      Status: 'fixed',
      Severity: 2.5,
      VulnerableVersions: '<1',
      Future: { x: 1 },
    }
    const database = await build({ advisories: [{ bucket: 'b', package: 'p', id: 'CVE-1', raw }] })
    expect(database.advisories('b', 'p')[0]).toMatchObject({
      fixedVersion: '',
      vendorIds: ['DSA-1'],
      status: null,
      severity: null,
      vulnerableVersions: [],
    })
  })

  it('refuses a record that is no JSON object', async () => {
    for (const raw of [[1], 'text', null, 5]) {
      const database = await build({
        advisories: [{ bucket: 'b', package: 'p', id: 'CVE-1', raw: raw ?? 0 }],
      })
      expect(() => database.advisories('b', 'p')).toThrow(
        expect.objectContaining({ code: 'database-corrupt' }),
      )
    }
  })
})

describe('details', () => {
  it('gives what is known of a vulnerability', async () => {
    const database = await build({
      details: [
        {
          id: 'CVE-1',
          title: 'A title',
          severity: 'HIGH',
          vendorSeverity: { nvd: 'CRITICAL', debian: 'LOW' },
          cvss: { nvd: { V3Vector: 'CVSS:3.1/AV:N', V3Score: 9.8, V2Vector: '' } },
          cweIds: ['CWE-1'],
          references: ['https://example.com'],
          publishedDate: '2024-01-01T00:00:00Z',
        },
      ],
    })
    expect(database.details('CVE-1')).toEqual({
      id: 'CVE-1',
      title: 'A title',
      description: '',
      severity: 'HIGH',
      vendorSeverity: { nvd: 'CRITICAL', debian: 'LOW' },
      cvss: { nvd: { v3Vector: 'CVSS:3.1/AV:N', v3Score: 9.8 } },
      cweIds: ['CWE-1'],
      references: ['https://example.com'],
      publishedDate: '2024-01-01T00:00:00Z',
      lastModifiedDate: null,
    })
    expect(database.details('CVE-2')).toBeUndefined()
  })

  it('ignores fields of the wrong type, and names that are traps in JavaScript', async () => {
    const raw = JSON.parse(
      '{"Title":[],"Severity":"SEVERE","VendorSeverity":{"__proto__":3,"nvd":"HIGH","ghsa":9},"CVSS":{"nvd":7},"CweIDs":{}}',
    ) as unknown
    const details = (await build({ details: [{ id: 'CVE-1', raw }] })).details('CVE-1')
    expect(details).toMatchObject({ title: '', severity: null, cvss: {}, cweIds: [] })
    expect(Object.entries(details?.vendorSeverity ?? {})).toEqual([
      ['__proto__', 'HIGH'],
      ['ghsa', 'UNKNOWN'],
    ])
  })
})

describe('opening a folder', () => {
  it('says how old the data is, and names it by its content', async () => {
    const rows = { advisories: [{ bucket: 'b', package: 'p', id: 'CVE-1' }] }
    const database = await build(rows)
    expect(database.updatedAt).toBe(Date.parse('2026-05-04T03:02:01Z'))
    expect(database.nextUpdate).toBe(Date.parse('2099-01-01T00:00:00Z'))
    expect(database.digest).toBe((await build(rows)).digest)
    expect(database.digest).not.toBe((await build({})).digest)
  })

  it('refuses other schema versions, and says which way to go', async () => {
    await expect(build({}, 3)).rejects.toMatchObject({
      code: 'database-version-unsupported',
      remedy: expect.stringContaining('Upgrade Portolan'),
    })
    await expect(build({}, 1)).rejects.toMatchObject({
      remedy: expect.stringContaining('Use a newer database'),
    })
  })

  it('refuses broken metadata and missing files, each with its own words', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-database-'))
    const code = (): unknown => {
      try {
        openDatabaseFolder(folder)
        return 'opened'
      } catch (error) {
        return (error as { code?: unknown }).code
      }
    }
    expect(code()).toBe('database-missing')
    for (const text of ['', '[]', '{"Version":"2"}', '{"Version":2}', '{"Version":2,"UpdatedAt":"soon"}']) {
      writeFileSync(join(folder, 'metadata.json'), text)
      expect(code()).toBe('database-metadata-invalid')
    }
    writeFileSync(join(folder, 'metadata.json'), '{"Version":2,"UpdatedAt":"2026-01-01T00:00:00Z"}')
    expect(code()).toBe('database-missing')
    writeFileSync(join(folder, 'trivy.db'), 'not bbolt')
    expect(code()).toBe('database-corrupt')
  })

  it('stays readable when its folder is removed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-database-'))
    await buildVulnerabilityDatabase({ details: [{ id: 'CVE-1', title: 'still here' }] }).writeFolder(folder)
    const database = openDatabaseFolder(folder)
    const { rm } = await import('node:fs/promises')
    await rm(folder, { recursive: true })
    expect(database.details('CVE-1')?.title).toBe('still here')
    database.close()
  })
})
