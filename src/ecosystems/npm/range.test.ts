import * as fc from 'fast-check'
import semver from 'semver'
import { describe, expect, it } from 'vitest'
import { scaled } from '../../test-support/scale.ts'
import { satisfies } from './range.ts'
import { compareNpmVersions, parseNpmVersion } from './version.ts'

describe('npm versions', () => {
  it('takes what semver.org takes, and nothing that npm would mend', () => {
    expect(parseNpmVersion('1.2.3-rc.1+build')?.version).toBe('1.2.3-rc.1')
    for (const text of [
      'v1.2.3',
      '1.2',
      '01.2.3',
      ' 1.2.3',
      '1.2.3-01',
      '1.2.3.4',
      '',
      '99999999999999999999.0.0',
    ]) {
      expect(parseNpmVersion(text), text).toBeUndefined()
    }
  })

  it('orders pre-releases before their release', () => {
    expect(compareNpmVersions('1.0.0-alpha.1', '1.0.0-alpha.beta')).toBeLessThan(0)
    expect(compareNpmVersions('1.0.0-rc.1', '1.0.0')).toBeLessThan(0)
    expect(compareNpmVersions('1.0.0+a', '1.0.0+b')).toBe(0)
    expect(compareNpmVersions('1.0', '1.0.0')).toBeUndefined()
  })
})

describe('npm ranges', () => {
  it.each([
    ['4.17.20', '>=4.0.0 <4.17.20||>=5.0.0 <5.0.1', false],
    ['4.17.19', '>=4.0.0 <4.17.20||>=5.0.0 <5.0.1', true],
    ['1.2.5', '>=1.0.0, <1.2.6', true],
    ['1.2.5', '=1.2.5', true],
    ['1.2.5', '==1.2.5', true],
    ['1.2.5', '1.2', true],
    ['1.2.5', '1.x', true],
    ['1.2.5', '*', true],
    ['1.2.5', '=>1.2.5', true],
    ['1.2.5', '=<1.2.4', false],
    ['1.2.3-rc.1', '<1.2.3', true],
    ['1.2.3-rc.1', '>=1.2.3-beta, <1.2.3-rc.2', true],
    ['1.3.0-rc.1', '>=1.2.3-beta', true],
    ['7.5.9', '~7.5.1', true],
    ['7.6.0', '~7.5.1', false],
    ['0.3.0', '^0.2.3', false],
    ['0.0.3', '^0.0.3', true],
    ['0.0.4', '^0.0.3', false],
    ['1.0.0', '', true],
    ['1.0.0', '1.x-beta', false],
    ['1.0.0', 'not a range', undefined],
    ['1.0.0', '>=0.5 || nonsense', undefined],
    ['1.0.0', '1.0.0 - 2.0.0', undefined],
    ['1.0', '<2', undefined],
  ])('%s in "%s": %s', (version, range, expected) => {
    expect(satisfies(version, range)).toBe(expected)
  })

  it('agrees with node-semver, pre-releases included, on generated ranges', () => {
    const number = fc.integer({ min: 0, max: 3 })
    const release = fc.tuple(number, number, number).map((parts) => parts.join('.'))
    const full = fc
      .tuple(release, fc.option(fc.constantFrom('alpha', 'beta.1', 'beta.10', 'rc', '0', '1'), { freq: 2 }))
      .map(([text, pre]) => (pre === null ? text : `${text}-${pre}`))
    const bound = fc.oneof(
      full,
      fc.tuple(number, number).map((parts) => parts.join('.')),
      number.map(String),
    )
    const ordered = fc.tuple(fc.constantFrom('<', '<=', '>', '>=', '='), bound).map((parts) => parts.join(''))
    const bumped = fc.tuple(fc.constantFrom('~', '^'), release).map((parts) => parts.join(''))
    const range = fc.array(fc.array(fc.oneof(ordered, ordered, bumped), { minLength: 1, maxLength: 2 }), {
      minLength: 1,
      maxLength: 2,
    })
    fc.assert(
      fc.property(full, range, (version, alternatives) => {
        // The end of ~ and ^ excludes its own pre-releases in node-semver only: compared on releases.
        const tested = alternatives.flat().some((part) => /^[~^]/.test(part))
          ? (version.split('-', 1)[0] ?? '')
          : version
        const ours = satisfies(tested, alternatives.map((all) => all.join(', ')).join(' || '))
        const theirs = semver.satisfies(tested, alternatives.map((all) => all.join(' ')).join(' || '), {
          includePrerelease: true,
        })
        expect(ours).toBe(theirs)
      }),
      { numRuns: scaled(3_000, 100_000), seed: 20240101 },
    )
  })

  it('stays quick on hostile ranges', () => {
    expect(satisfies('1.0.0', `${'1.0.0 '.repeat(20_000)}x y`)).toBeUndefined()
    expect(satisfies('1.0.0', ' '.repeat(100_000))).toBe(true)
    expect(satisfies('1.0.0', `>=${'1.'.repeat(50_000)}`)).toBeUndefined()
  })
})
