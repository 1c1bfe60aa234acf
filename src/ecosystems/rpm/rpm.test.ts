import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { LayerFact, PackageFact } from '../../indexing/index.ts'
import type { OperatingSystem } from '../../inventory/index.ts'
import { type RpmRow, rpmSqlite } from '../../test-support/rpm-databases/index.ts'
import { rpm } from './index.ts'
import { sourceOf } from './package-facts.ts'
import { rpmPackageUrl } from './purl.ts'
import { isOfficial } from './vendors.ts'

const fixtures = join(import.meta.dirname, '../../../test/fixtures/rpm')

/** Facts of a file by whichever analyzers want it. */
function read(path: string, content: Uint8Array): LayerFact[] {
  const wanting = rpm.analyzers.filter((analyzer) =>
    analyzer.wants({ path, size: content.length, mode: 0o644 }),
  )
  return wanting.flatMap((analyzer) => [...analyzer.read(path, content)])
}

function packagesOf(rows: readonly RpmRow[]): readonly PackageFact[] {
  return read('var/lib/rpm/rpmdb.sqlite', rpmSqlite(rows)).flatMap((fact) =>
    fact.kind === 'packages' ? fact.packages : [],
  )
}

function filesOf(rows: readonly RpmRow[]): readonly string[] {
  return read('var/lib/rpm/rpmdb.sqlite', rpmSqlite(rows)).flatMap((fact) =>
    fact.kind === 'owned-files' ? fact.files : [],
  )
}

describe('databases of rpm', () => {
  it('are read where rpm keeps them', () => {
    const paths = ['var/lib/rpm', 'usr/lib/sysimage/rpm'].flatMap((folder) =>
      ['Packages', 'Packages.db', 'rpmdb.sqlite'].map((name) => `${folder}/${name}`),
    )
    const wanted = (path: string): boolean =>
      rpm.analyzers.some(
        (analyzer) => analyzer.id === 'rpm-databases' && analyzer.wants({ path, size: 1, mode: 0 }),
      )
    expect([...paths, 'usr/share/rpm/rpmdb.sqlite'].filter((path) => !wanted(path))).toEqual([])
    expect(
      ['usr/share/rpm/Packages', 'lib/rpm/Packages', 'var/lib/rpm/rpmdb.sqlite-wal'].filter(wanted),
    ).toEqual([])
  })

  it('keep epoch, version, release and source apart', () => {
    const [fact] = packagesOf([
      {
        name: 'openssl-libs',
        version: '3.0.7',
        release: '25.el9_3',
        epoch: 1,
        source: 'openssl-3.0.7-25.el9_3.src.rpm',
        license: 'ASL 2.0',
        vendor: 'Red Hat, Inc.',
        modularityLabel: 'm:1:2:3',
      },
    ])
    expect(fact).toEqual({
      name: 'openssl-libs',
      version: '3.0.7',
      epoch: 1,
      release: '25.el9_3',
      arch: 'x86_64',
      sourceName: 'openssl',
      sourceVersion: '3.0.7',
      sourceRelease: '25.el9_3',
      sourceEpoch: 1,
      licenses: ['ASL 2.0'],
      vendor: 'Red Hat, Inc.',
      modularityLabel: 'm:1:2:3',
    })
  })

  it('leave out what rpm writes as (none)', () => {
    const [fact] = packagesOf([
      { name: 'a', version: '1', arch: null, source: '(none)', license: '(none)', vendor: '(none)' },
    ])
    expect(fact).toEqual({ name: 'a', version: '1', release: '1', arch: 'None', thirdParty: true })
  })

  it('give the files of official packages alone, as rpm lists them', () => {
    const listed = readFileSync(join(fixtures, 'files.tsv'), 'utf8').trim().split('\n')
    const official = listed
      .filter((line) => !line.startsWith('acme-agent\t'))
      .map((line) => line.split('\t/')[1])
    const facts = read('var/lib/rpm/Packages', gunzipSync(readFileSync(join(fixtures, 'Packages.gz'))))
    const files = facts.flatMap((fact) => (fact.kind === 'owned-files' ? fact.files : []))
    expect(files.toSorted()).toEqual(official.toSorted())
  })

  it('say how many entries have no name', () => {
    const facts = read(
      'var/lib/rpm/Packages',
      rpmSqlite([
        { name: '', version: '1' },
        { name: 'a', version: '1' },
      ]),
    )
    expect(facts).toMatchObject([
      { kind: 'packages', packages: [{ name: 'a' }] },
      { kind: 'owned-files' },
      { kind: 'damage', what: 'one of its entries is damaged' },
    ])
  })

  it('leave out paths that no Linux has', () => {
    const vendor = 'SUSE LLC'
    expect(filesOf([{ name: 'a', version: '1', vendor, files: [`/${'x'.repeat(5000)}`, '/a'] }])).toEqual([
      'a',
    ])
  })

  it('give clean paths', () => {
    const vendor = 'SUSE LLC'
    const files = ['/usr//lib/../bin/a', '/usr/bin/.hidden', '/etc', '/usr/lib/..', '/']
    expect(filesOf([{ name: 'a', version: '1', vendor, files }])).toEqual([
      'usr/bin/a',
      'usr/bin/.hidden',
      'etc',
      'usr',
      '',
    ])
  })

  it('state that they are empty: they replace what lies below', () => {
    expect(read('var/lib/rpm/rpmdb.sqlite', rpmSqlite([]))).toMatchObject([
      { kind: 'packages', packages: [] },
      {},
    ])
  })
})

describe('the list of Distroless', () => {
  const path = 'var/lib/rpmmanifest/container-manifest-2'
  const line =
    'zlib\t1.2.13-2.cm2\t1700000000\t1700000000\tMicrosoft\t(none)\t10\tx86_64\t0\tzlib-1.2.13-2.cm2.src.rpm'
  const list = (...lines: string[]): LayerFact[] => read(path, Buffer.from(`${lines.join('\n')}\n`))

  it('is read line by line', () => {
    expect(list(line, line.replace('\t0\t', '\t2\t'))).toMatchObject([
      {
        kind: 'packages',
        packages: [
          { name: 'zlib', version: '1.2.13', release: '2.cm2', arch: 'x86_64', sourceName: 'zlib' },
          { name: 'zlib', epoch: 2, sourceEpoch: 2, sourceVersion: '1.2.13', sourceRelease: '2.cm2' },
        ],
      },
    ])
    expect(read(path, Buffer.alloc(0))).toMatchObject([{ packages: [] }])
  })

  it.each([
    ['with a field too few', line.replace('zlib\t', '')],
    ['without a release', line.replace('1.2.13-2.cm2', '1.2.13')],
    ['with two dashes', line.replace('1.2.13-2.cm2', '1.2-13-2.cm2')],
    ['without an epoch', line.replace('\t0\t', '\t(none)\t')],
    ['without a source', line.replace('zlib-1.2.13-2.cm2.src.rpm', '(none)')],
    ['that is empty', ''],
  ])('is refused for a line %s', (_what, damaged) => {
    expect(() => list(line, damaged, line)).toThrow('line 2 is no package')
  })
})

describe('names', () => {
  it('of a version take it apart as reports list it', () => {
    expect(rpm.versionParts?.('1:3.0.7-25.el9')).toEqual({ epoch: 1, upstream: '3.0.7', revision: '25.el9' })
    expect(rpm.versionParts?.('3.0.7')).toEqual({ epoch: 0, upstream: '3.0.7', revision: '' })
  })

  it.each([
    ['glibc-2.34-83.el9.src.rpm', ['glibc', '2.34', '83.el9']],
    ['java-17-openjdk-17.0.9.0.9-2.el9.src.rpm', ['java-17-openjdk', '17.0.9.0.9', '2.el9']],
    ['glibc-2.34-83.el9.nosrc', ['glibc', '2.34', '83.el9']],
    ['glibc', []],
    ['glibc-2.34.src.rpm', []],
    ['', []],
  ])('of a source: %s', (file, expected) => {
    const { sourceName, sourceVersion, sourceRelease } = sourceOf(file, undefined)
    expect([sourceName, sourceVersion, sourceRelease].filter((part) => part !== undefined)).toEqual(expected)
  })

  it.each([
    ['Red Hat, Inc.', '1.el9', true],
    ['SUSE LLC <https://www.suse.com/>', '1', true],
    ['Fedora Project', '1.el9', true],
    ['Fedora', '1', false],
    ['not Red Hat', '1', false],
    [undefined, '1.amzn2', true],
    [undefined, '1.el9', false],
    [undefined, '1.amz1', false],
    ['Acme', '1.amzn2', false],
  ])('of a vendor: %s %s', (vendor, release, official) => {
    expect(isOfficial({ release, ...(vendor === undefined ? {} : { vendor }) })).toBe(official)
  })

  it.each([
    ['rocky', 'pkg:rpm/rocky/Bash@1.0-2.el9?arch=x86_64&distro=rocky-9.3&epoch=1&modularitylabel=m:1'],
    ['sles', 'pkg:rpm/suse/Bash@1.0-2.el9?arch=x86_64&distro=sles-9.3&epoch=1&modularitylabel=m:1'],
    ['slem', 'pkg:rpm/suse/Bash@1.0-2.el9?arch=x86_64&distro=slem-9.3&epoch=1&modularitylabel=m:1'],
    [
      'opensuse-leap',
      'pkg:rpm/opensuse/Bash@1.0-2.el9?arch=x86_64&distro=opensuse-leap-9.3&epoch=1&modularitylabel=m:1',
    ],
    [null, 'pkg:rpm/Bash@1.0-2.el9?arch=x86_64&epoch=1'],
  ])('of a package in %s', (family, expected) => {
    const os: OperatingSystem | null = family === null ? null : { family, release: '9.3', extended: false }
    const fact = {
      name: 'Bash',
      version: '1.0',
      release: '2.el9',
      epoch: 1,
      arch: 'x86_64',
      modularityLabel: 'm:1',
    }
    expect(rpmPackageUrl(fact, os)).toBe(expected)
  })
})
