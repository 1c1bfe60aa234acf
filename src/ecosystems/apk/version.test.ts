import { describe, expect, it } from 'vitest'
import { compareApkVersions, isApkVersion } from './version.ts'

/** Each line lowest first; the rules of apk-tools 2, src/version.c. */
const orders = [
  '1.1_alpha 1.1_alpha1 1.1_beta 1.1_pre 1.1_rc 1.1 1.1-r1 1.1_cvs 1.1_svn 1.1_git 1.1_hg 1.1_p 1.1_p1',
  // After a part of zeros alone a suffix is no pre-release: apk-tools' own quirk.
  '1.0_alpha 1.0_p',
  '1.2.3-r0 1.2.3-r1 1.2.3-r2 1.2.3-r10 1.2.3a-r0 1.2.3.1-r0 1.2.4-r0',
  '1.36.1-r0 1.36.1-r5 1.36.2-r0 1.37.0-r0',
  '0 0.1 0.9 0.10 1 1a 1b 1.0 1.1 2',
  '1.0.0_git20200101-r0 1.0.0_git20230717-r4 1.0.0_git20230717-r5 1.0.1',
  '1.001 1.01 1.1',
  '3.1.4_rc1-r0 3.1.4-r0 3.1.4-r1',
  '2.40.1_p1 2.40.1_p2',
]

describe('the order of apk versions', () => {
  it.each(orders)('%s', (line) => {
    const versions = line.split(' ')
    for (const [at, left] of versions.entries()) {
      for (const [otherAt, right] of versions.entries()) {
        expect(Math.sign(compareApkVersions(left, right) ?? Number.NaN), `${left} ${right}`).toBe(
          Math.sign(at - otherAt),
        )
      }
    }
  })

  it('takes the empty version for the lowest', () => {
    expect(isApkVersion('')).toBe(true)
    expect(compareApkVersions('', '0.0.1')).toBeLessThan(0)
  })

  it.each([
    '1.0bc',
    '1.0_foo',
    '1.0-',
    '1.0~1',
    '1:1.0',
    '1.0-final',
    '1.0 ',
    'A',
    '1.0A',
  ])('does not take %j for a version', (text) => {
    expect(isApkVersion(text)).toBe(false)
    expect(compareApkVersions(text, '1')).toBeUndefined()
    expect(compareApkVersions('1', text)).toBeUndefined()
  })

  it('comes to an end on any text', () => {
    for (const text of [
      '.'.repeat(10_000),
      '_p'.repeat(10_000),
      `1${'0'.repeat(10_000)}`,
      '-'.repeat(1000),
    ]) {
      expect(() => compareApkVersions(text, `${text}1`)).not.toThrow()
    }
  })
})
