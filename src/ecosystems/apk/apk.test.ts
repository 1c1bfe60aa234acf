import { describe, expect, it } from 'vitest'
import type { LayerFact, PackageFact } from '../../indexing/index.ts'
import { apkInstalled } from '../../test-support/package-databases.ts'
import { apk } from './index.ts'
import { readInstalled } from './installed-analyzer.ts'
import { repositoryRelease } from './repositories-analyzer.ts'

function read(path: string, text: string): LayerFact[] {
  const file = { path, size: text.length, mode: 0o644 }
  return apk.analyzers
    .filter((analyzer) => analyzer.wants(file))
    .flatMap((analyzer) => [...analyzer.read(path, new TextEncoder().encode(text))])
}

describe('the installed packages', () => {
  it('come with origin, architecture, licences and files', () => {
    const text = apkInstalled([
      {
        name: 'libssl3',
        version: '3.1.4-r0',
        origin: 'openssl',
        license: '(Apache-2.0 AND MIT)',
        files: ['lib/libssl.so.3', 'top'],
      },
    ])
    expect(readInstalled(text)).toEqual({
      packages: [
        {
          name: 'libssl3',
          version: '3.1.4-r0',
          arch: 'x86_64',
          licenses: ['Apache-2.0', 'MIT'],
          sourceName: 'openssl',
          sourceVersion: '3.1.4-r0',
        },
      ],
      files: ['lib/libssl.so.3', 'top'],
      damaged: 0,
    })
  })

  it('that are damaged are noted, and the others count', () => {
    expect(
      read('lib/apk/db/installed', 'P:a\nV:1\n\ngar\0bage\n\u0001\n\nno field\nP:b\nV:2\n'),
    ).toMatchObject([
      { packages: [{ name: 'a' }, { name: 'b' }] },
      { kind: 'owned-files' },
      { kind: 'damage', what: '2 of its entries are damaged' },
    ])
  })

  it('count once a name, and not without a valid version', () => {
    const { packages } = readInstalled('P:a\nV:1-r0\n\nP:a\nV:2-r0\n\nP:b\nV:none\n\nV:1\n\nP:c\nV:3')
    expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual(['a 1-r0', 'c 3'])
  })

  it('are read at both places', () => {
    for (const path of ['lib/apk/db/installed', 'usr/lib/apk/db/installed']) {
      expect(read(path, '')).toMatchObject([
        { kind: 'packages', path, packages: [] },
        { kind: 'owned-files' },
      ])
    }
    expect(read('var/lib/apk/db/installed', 'P:a\nV:1\n')).toEqual([])
  })
})

describe('the release', () => {
  it('stands in alpine-release or os-release', () => {
    expect(read('etc/alpine-release', '3.18.4\n')).toMatchObject([{ family: 'alpine', release: '3.18.4' }])
    expect(read('usr/lib/os-release', 'ID="alpine"\nVERSION_ID=3.18.0\n')).toMatchObject([
      { family: 'alpine', release: '3.18.0' },
    ])
    expect(read('etc/os-release', 'ID=debian\nVERSION_ID=12\n')).toEqual([])
    expect(read('etc/os-release', 'ID=alpine\n# no version\n')).toEqual([])
  })

  it.each([
    ['v3.17 v3.18 v3.9', '3.18'],
    ['v3.18 edge v3.20', 'edge'],
    ['latest-stable v3.18', 'latest-stable'],
    ['v3.18 latest-stable', '3.18'],
    ['', undefined],
  ])('of repositories %j is %s', (releases, release) => {
    const text = releases
      .split(' ')
      .filter(Boolean)
      .map((name) => `https://example.com/alpine/${name}/main`)
    expect(repositoryRelease(text.join('\n'))).toBe(release)
  })

  it('of mixed distributions is unknown', () => {
    expect(repositoryRelease('http://a/alpine/v3.18/main\nhttp://a/other/v1/main')).toBeUndefined()
    expect(repositoryRelease('/media/cdrom/apks\n@testing nothing')).toBeUndefined()
  })
})

describe('subjects', () => {
  const [alpine] = apk.distributions
  const fact: PackageFact = {
    name: 'libssl3',
    version: '3.1.4-r0',
    sourceName: 'openssl',
    sourceVersion: '3.1.4-r0',
  }
  const os = { family: 'alpine', release: '3.18.4', extended: false }

  it.each([
    [os, null, 'alpine 3.18'],
    [os, { family: 'alpine', release: 'edge' }, 'alpine edge'],
    [os, { family: 'alpine', release: '3.17.1' }, 'alpine 3.17'],
    [{ ...os, release: '3.19_alpha20230901' }, null, 'alpine 3.19_alpha20230901'],
  ])('%j with repositories %j: %s', (from, repository, space) => {
    expect(alpine?.subject(fact, { os: from, repository, buildInfo: null }).subject).toMatchObject({
      space,
      lookupKey: 'openssl',
      version: '3.1.4-r0',
      comparer: 'apk',
    })
  })

  it('of a package without an origin are its own name and no version', () => {
    expect(
      alpine?.subject({ name: 'a', version: '1' }, { os, repository: null, buildInfo: null }).subject,
    ).toMatchObject({
      lookupKey: 'a',
      version: '',
    })
  })
})
