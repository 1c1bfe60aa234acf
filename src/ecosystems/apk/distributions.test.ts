import { describe, expect, it } from 'vitest'
import type { Advisory } from '../../advisories/index.ts'
import type { PackageFact } from '../../indexing/index.ts'
import { apk } from './index.ts'

const fact: PackageFact = {
  name: 'libcrypto3',
  version: '3.1.4-r1',
  arch: 'x86_64',
  sourceName: 'openssl',
  sourceVersion: '3.1.4-r0',
}

function of(family: string, release: string, packages: readonly PackageFact[] = []) {
  const os = { family, release, extended: false }
  const own = apk.distributions.find((each) => each.family === family)
  const chosen = own?.inPlace?.(packages, os) ?? own
  return { chosen, verdict: chosen?.subject(fact, { os, repository: null, buildInfo: null }), os }
}

describe('families of apk', () => {
  it.each([
    'wolfi',
    'chainguard',
    'minimos',
  ])('%s has one space, and compares the version of the package itself', (family) => {
    const { verdict, chosen, os } = of(family, '20230201')
    expect(verdict).toMatchObject({
      subject: { space: family, lookupKey: 'openssl', version: '3.1.4-r1', comparer: 'apk' },
      purl: `pkg:apk/${family}/libcrypto3@3.1.4-r1?arch=x86_64&distro=20230201`,
    })
    expect(chosen?.endOfLife?.(os)).toBeUndefined()
  })

  it('list what has no fix only at Alpine', () => {
    const unfixed = { fixedVersion: '', affectedVersion: '', patchedVersions: [] } as unknown as Advisory
    const affected = (family: string, release: string): boolean | undefined => {
      const subject = of(family, release).verdict?.subject
      return subject ? apk.isAffected(subject, unfixed) : undefined
    }
    expect(affected('alpine', '3.18.4')).toBe(true)
    expect(affected('wolfi', '20230201')).toBe(false)
  })

  it('are recognised by os-release', () => {
    const analyzer = apk.analyzers.find(({ id }) => id === 'apk-os-release')
    const text = (id: string): Uint8Array => Buffer.from(`ID=${id}\nVERSION_ID="1"\n`)
    for (const family of ['alpine', 'wolfi', 'chainguard', 'minimos']) {
      expect(analyzer?.read('etc/os-release', text(family))).toMatchObject([{ family, release: '1' }])
    }
    expect(analyzer?.read('etc/os-release', text('debian'))).toEqual([])
  })

  it.each([
    ['3.18.4', '2025-05-09T23:59:59Z'],
    ['3.20', '2026-04-01T23:59:59Z'],
    ['3.99.1', undefined],
    ['edge', undefined],
  ])('of Alpine %s support ends %s', (release, wanted) => {
    const { chosen, os } = of('alpine', release)
    expect(chosen?.endOfLife?.(os)).toBe(wanted)
  })

  it('are looked up with Root.io where a package is its build', () => {
    const build: PackageFact = { name: 'less', version: '643-r10071' }
    const { verdict, chosen, os } = of('alpine', '3.18.4', [build])
    expect(verdict?.subject).toMatchObject({ space: 'alpine 3.18\nroot.io alpine 3.18', version: '3.1.4-r0' })
    expect(chosen?.endOfLife?.(os)).toBeUndefined()
    expect(of('alpine', '3.18.4', [{ name: 'less', version: '643-r10' }]).verdict?.subject?.space).toBe(
      'alpine 3.18',
    )
  })
})
