import { describe, expect, it } from 'vitest'
import type { BuildInfo, PackageFact } from '../../indexing/index.ts'
import { distributions } from './distributions.ts'

const bash: PackageFact = {
  name: 'bash',
  version: '5.1.8',
  release: '6.el9',
  epoch: 1,
  arch: 'x86_64',
  sourceName: 'bash-source',
  sourceVersion: '5.1',
  sourceRelease: '5.el9',
}

function of(family: string, release: string, fact: PackageFact = bash, buildInfo: BuildInfo | null = null) {
  const distribution = distributions.find((each) => each.family === family)
  return distribution?.subject(fact, {
    os: { family, release, extended: false },
    repository: null,
    buildInfo,
  })
}

describe('where packages of each family are looked up', () => {
  it.each([
    ['alma', '9.2', 'alma 9', 'bash', '1:5.1.8-6.el9'],
    ['rocky', '8.8', 'rocky 8', 'bash', '1:5.1.8-6.el9'],
    ['oracle', '8.8', 'Oracle Linux 8', 'bash', '1:5.1.8-6.el9'],
    ['amazon', '2 (Karoo)', 'amazon linux 2', 'bash', '1:5.1.8-6.el9'],
    ['amazon', '2023.1.20230719 (Amazon Linux)', 'amazon linux 2023', 'bash', '1:5.1.8-6.el9'],
    ['amazon', 'AMI release 2018.03', 'amazon linux 1', 'bash', '1:5.1.8-6.el9'],
    ['sles', '15.5', 'SUSE Linux Enterprise 15.5', 'bash', '1:5.1.8-6.el9'],
    ['slem', '5.3', 'SUSE Linux Enterprise Micro 5.3', 'bash', '1:5.1.8-6.el9'],
    ['opensuse-leap', '15.5', 'openSUSE Leap 15.5', 'bash', '1:5.1.8-6.el9'],
    ['opensuse-tumbleweed', '20230801', 'openSUSE Tumbleweed', 'bash', '1:5.1.8-6.el9'],
    ['photon', '4.0', 'Photon OS 4.0', 'bash-source', '1:5.1.8-6.el9'],
    ['cbl-mariner', '2.0.20230126', 'CBL-Mariner 2.0', 'bash-source', '5.1-5.el9'],
    ['azurelinux', '3.0', 'Azure Linux 3.0', 'bash-source', '5.1-5.el9'],
    ['redhat', '9.2', 'Red Hat', 'bash', '1:5.1.8-6.el9'],
  ])('%s %s: %s, %s', (family, release, space, lookupKey, version) => {
    expect(of(family, release)?.subject).toMatchObject({ space, lookupKey, version, comparer: 'rpm' })
  })

  it('holds the architecture and the flavour only where they decide', () => {
    expect(of('rocky', '8.8')?.subject).toMatchObject({ arch: 'x86_64', flavour: null, cpeContext: null })
    expect(of('alma', '9')?.subject?.arch).toBeNull()
    const flavours = ['6.el8', '6.ksplice1.el8', '6.el8_fips'].map(
      (release) => of('oracle', '8', { ...bash, release })?.subject?.flavour,
    )
    expect(flavours).toEqual([null, 'ksplice', 'fips'])
  })

  it('prefixes modular packages with their stream', () => {
    const modular = { ...bash, modularityLabel: 'nodejs:18:9020:rhel9' }
    for (const family of ['redhat', 'centos', 'alma', 'rocky']) {
      expect(of(family, '9', modular)?.subject?.lookupKey).toBe('nodejs:18::bash')
    }
    expect(of('oracle', '9', modular)?.subject?.lookupKey).toBe('bash')
    expect(of('redhat', '9', { ...bash, modularityLabel: 'odd:label' })?.subject?.lookupKey).toBe('bash')
    expect(of('alma', '9', { ...bash, release: '1.module_el9.2' })).toMatchObject({ subject: null })
  })

  it('never looks up signature keys, other people’s builds, or what lacks the name that counts', () => {
    expect(of('rocky', '8', { ...bash, name: 'gpg-pubkey' })).toMatchObject({
      subject: null,
      skipReason: 'no-version',
    })
    expect(of('rocky', '8', { ...bash, thirdParty: true })).toMatchObject({
      subject: null,
      skipReason: 'third-party',
    })
    expect(of('photon', '4.0', { name: 'a', version: '1' })).toMatchObject({
      subject: null,
      skipReason: 'no-version',
    })
  })
})

describe('Red Hat’s products', () => {
  const products = (release: string, build: BuildInfo | null): unknown =>
    JSON.parse(of('redhat', release, bash, build)?.subject?.cpeContext ?? 'null')

  it('are those of the build, sorted, each once, without generic suffixes', () => {
    const build = {
      contentSets: ['b__8', 'a', 'b', 'c__9_DOT_2'],
      nvr: 'ubi8-container-8.7-1',
      arch: 'x86_64',
    }
    expect(products('8.7', build)).toEqual([
      'nvr/ubi8-container-8.7-1-x86_64',
      'repository/a',
      'repository/b',
      'repository/c__9_DOT_2',
    ])
    expect(products('8.7', { nvr: 'a-1-1', arch: 'x86_64' })).toEqual(['nvr/a-1-1-x86_64'])
  })

  it('without a build are the default repositories of the major release, if it is known', () => {
    expect(products('8.7', null)).toEqual([
      'repository/rhel-8-for-x86_64-appstream-rpms',
      'repository/rhel-8-for-x86_64-baseos-rpms',
    ])
    expect(products('99.1', null)).toEqual([])
  })
})

describe('end of support', () => {
  it.each([
    ['redhat', '6.10', '2024-06-30T23:59:59Z'],
    ['redhat', '9.2', undefined],
    ['centos', '7.9.2009', '2024-06-30T23:59:59Z'],
    ['amazon', '2 (Karoo)', '2026-06-30T23:59:59Z'],
    ['sles', '15.5', '2024-12-31T23:59:59Z'],
    ['sles', '12', '2016-06-30T23:59:59Z'],
    ['opensuse-leap', '15.0', '2019-12-03T23:59:59Z'],
    ['opensuse-tumbleweed', '20230801', undefined],
    ['photon', '1.0', '2022-02-28T23:59:59Z'],
    ['rocky', 'constructor', undefined],
  ])('of %s %s: %s', (family, release, wanted) => {
    const distribution = distributions.find((each) => each.family === family)
    expect(distribution?.endOfLife?.({ family, release, extended: false })).toBe(wanted)
  })
})
