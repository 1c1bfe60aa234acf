import { describe, expect, it } from 'vitest'
import type { Analyzer, LayerFact, PackageFact } from '../../indexing/index.ts'
import { dpkgStatus } from '../../test-support/package-databases.ts'
import { createUbuntu } from './distributions.ts'
import { dpkg } from './index.ts'
import { readStatus } from './status-analyzer.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Facts of a file by whichever analyzers want it. */
function read(path: string, text: string): LayerFact[] {
  const file = { path, size: text.length, mode: 0o644 }
  const wanting = dpkg.analyzers.filter((analyzer: Analyzer) => analyzer.wants(file))
  return wanting.flatMap((analyzer) => [...analyzer.read(path, bytes(text))])
}

describe('dpkg status', () => {
  it('keeps names and versions apart, as the file has them', () => {
    const [fact] = readStatus(
      dpkgStatus([{ name: 'login', version: '1:4.13+dfsg1-1', source: 'shadow (1:4.13-2)', arch: 'arm64' }]),
    ).packages
    expect(fact).toEqual({
      name: 'login',
      version: '4.13+dfsg1',
      epoch: 1,
      release: '1',
      arch: 'arm64',
      sourceName: 'shadow',
      sourceVersion: '4.13',
      sourceEpoch: 1,
      sourceRelease: '2',
      maintainer: 'Example Maintainers <packages@example.com>',
    })
  })

  it('reads each of status.d alone and leaves the checksums to the other analyzer', () => {
    expect(read('var/lib/dpkg/status.d/libc6', 'Package: libc6\nVersion: 2.36-9\n')).toMatchObject([
      { kind: 'packages', path: 'var/lib/dpkg/status.d/libc6', packages: [{ name: 'libc6' }] },
    ])
    expect(read('var/lib/dpkg/status.d/libc6.md5sums', 'd41d8cd98f00b204  usr/lib/a b\nnonsense\n')).toEqual([
      { kind: 'owned-files', owner: 'libc6', files: ['usr/lib/a b'] },
    ])
    expect(read('var/lib/dpkg/status-old', 'Package: a\nVersion: 1\n')).toEqual([])
  })

  it('states an empty database: it replaces what lies below', () => {
    expect(read('var/lib/dpkg/status', '')).toMatchObject([{ kind: 'packages', packages: [] }])
  })

  it('reads paragraphs as Trivy does', () => {
    const names = (text: string): string[] => readStatus(text).packages.map((fact) => fact.name)
    expect(names('Package: a\r\nVersion: 1\r\n')).toEqual(['a'])
    expect(
      names('Package: a\nVersion: 1\n\nno field\nPackage: b\nVersion: 1\n\nPackage: c\nVersion: 1'),
    ).toEqual(['a', 'c'])
    expect(names(' begins with a space\nPackage: a\nVersion: 1\n')).toEqual([])
    expect(names('Package: a\nVersion: 1\nPackage: b\n more\n')).toEqual(['a'])
    expect(names('\0'.repeat(100))).toEqual([])
  })

  it('notes what cannot be read, and nothing in a whole database', () => {
    const path = 'var/lib/dpkg/status'
    const removed = 'Package: b\nStatus: deinstall ok not-installed\n'
    expect(read(path, `Package: a\nVersion: 1\n\n\n\n${removed}\n`)).toMatchObject([{ kind: 'packages' }])
    expect(
      read(path, '\u0001\u0002\n\nPackage: a\nVersion: 1\n\nVersion: 2\n\nPackage: c\nVers'),
    ).toMatchObject([{ packages: [{ name: 'a' }] }, { kind: 'damage', what: '3 of its entries are damaged' }])
  })

  it('lists owned files without folders', () => {
    expect(read('var/lib/dpkg/info/a.list', '/.\n/usr\n/usr/share\n/usr/share/a\n/usr/share/b\n')).toEqual([
      { kind: 'owned-files', owner: 'a', files: ['usr/share/a', 'usr/share/b'] },
    ])
  })
})

describe('releases', () => {
  it('of Debian and Ubuntu', () => {
    expect(read('etc/debian_version', '12.4\n')).toMatchObject([{ family: 'debian', release: '12.4' }])
    expect(read('etc/debian_version', '')).toEqual([])
    expect(read('etc/lsb-release', 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\n')).toMatchObject([
      { family: 'ubuntu', release: '22.04' },
    ])
    expect(read('etc/lsb-release', 'DISTRIB_ID=LinuxMint\nDISTRIB_RELEASE=21\n')).toEqual([])
  })

  it('of Ubuntu Pro, and a broken status is an error to note', () => {
    const path = 'var/lib/ubuntu-advantage/status.json'
    const enabled = { services: [null, { name: 'esm-infra', status: 'enabled' }] }
    expect(read(path, JSON.stringify(enabled))).toMatchObject([
      { family: 'ubuntu', release: '', extended: true },
    ])
    expect(read(path, '{"services":[{"name":"esm-infra","status":"n/a"}]}')).toEqual([])
    expect(read(path, '{"services":7}')).toEqual([])
    expect(() => read(path, '{')).toThrow(SyntaxError)
  })
})

describe('subjects', () => {
  const fact: PackageFact = {
    name: 'libc6',
    version: '2.36',
    release: '9',
    sourceName: 'glibc',
    sourceVersion: '2.36',
    sourceRelease: '9',
  }
  const context = (family: string, release: string, extended = false) => ({
    os: { family, release, extended },
    repository: null,
    buildInfo: null,
  })

  it('stand under the major release and the source', () => {
    const debian = dpkg.distributions.find(({ family }) => family === 'debian')
    expect(debian?.subject(fact, context('debian', '12.4')).subject).toEqual({
      space: 'debian 12',
      lookupKey: 'glibc',
      comparer: 'dpkg',
      version: '2.36-9',
      arch: null,
      cpeContext: null,
      flavour: null,
    })
    expect(debian?.subject({ name: 'musl', version: '1' }, context('debian', '12'))).toMatchObject({
      subject: null,
      skipReason: 'no-version',
    })
  })

  it.each([
    ['18.04', false, '2026-01-01', 'ubuntu 18.04'],
    ['18.04', true, '2020-01-01', 'ubuntu 18.04-ESM'],
    ['22.04', true, '2027-04-23', 'ubuntu 22.04'],
    ['22.04', true, '2027-04-25', 'ubuntu 22.04-ESM'],
    ['99.04', true, '2026-01-01', 'ubuntu 99.04-ESM'],
  ])('of Ubuntu %s, Pro %s, on %s: %s', (release, extended, day, space) => {
    const ubuntu = createUbuntu({ now: () => Date.parse(day) })
    expect(ubuntu.subject(fact, context('ubuntu', release, extended)).subject?.space).toBe(space)
  })

  it('are shown with purls that carry architecture, distribution and epoch', () => {
    const shown = { ...fact, name: 'libstdc++6', epoch: 1, arch: 'amd64', release: '9+b1' }
    expect(dpkg.describe(shown, context('debian', 'trixie/sid')).purl).toBe(
      'pkg:deb/debian/libstdc%2B%2B6@2.36-9%2Bb1?arch=amd64&distro=debian-trixie%2Fsid&epoch=1',
    )
    expect(dpkg.describe(shown, { os: null, repository: null, buildInfo: null })).toMatchObject({
      version: '1:2.36-9+b1',
      purl: 'pkg:deb/libstdc%2B%2B6@2.36-9%2Bb1?arch=amd64&epoch=1',
    })
  })
})
