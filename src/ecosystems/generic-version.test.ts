import { describe, expect, it } from 'vitest'
import { versionTable } from '../test-support/version-table.ts'
import { compareGenericVersions, satisfiesGeneric } from './generic-version.ts'

describe('versions without an order of their own', () => {
  it.each([
    ['1.2', '1.2.0', 0],
    ['v1.2', '1.2', 0],
    ['1.10', '1.9', 1],
    ['1.0.0-rc.1', '1.0.0', -1],
    ['1.0.0-rc.2', '1.0.0-rc.10', -1],
    ['1.0.0-1', '1.0.0-a', -1],
    ['1.0.0beta', '1.0.0-beta', 0],
    ['1.0.0+a', '1.0.0+b', 0],
    ['1.0.0-x', '1.0.0', 0],
    ['9007199254740993', '9007199254740992', 1],
  ])('%s to %s: %i', (left, right, order) => {
    expect(Math.sign(compareGenericVersions(left, right) ?? Number.NaN)).toBe(order)
    expect(Math.sign(compareGenericVersions(right, left) ?? Number.NaN)).toBe(0 - order)
  })

  it('takes nothing else', () => {
    for (const text of [
      '',
      'a',
      '1.0.Final',
      '1.',
      ' 1',
      '1.0_1',
      '18446744073709551616',
      '1'.repeat(20_000),
    ]) {
      expect(compareGenericVersions(text, '1'), text.slice(0, 30)).toBeUndefined()
    }
  })
})

describe('their constraints', () => {
  it('hold where Trivy says so', () => {
    for (const [version, constraint, satisfied] of versionTable('generic')) {
      expect(satisfiesGeneric(version, constraint), `${version} in ${constraint}`).toBe(satisfied)
    }
  })

  it.each([
    ['1.2.9', '~1.2.3.4', false],
    ['1.2.3.9', '~1.2.3.4', true],
    ['1.2.9', '~1.2', true],
    ['1.9', '~>1.2', true],
    ['2.0', '~1', false],
  ])('%s in "%s": %s', (version, constraint, satisfied) => {
    expect(satisfiesGeneric(version, constraint)).toBe(satisfied)
  })

  it('stay quick when they are hostile', () => {
    expect(satisfiesGeneric('1', `${'1'.repeat(100_000)}!`)).toBeUndefined()
    expect(satisfiesGeneric('1', `${'1 '.repeat(100_000)}!`)).toBeUndefined()
    expect(satisfiesGeneric('1', `1${' '.repeat(100_000)}>0`)).toBe(true)
    expect(satisfiesGeneric('1', `1-${'1a'.repeat(50_000)}`)).toBeUndefined()
    expect(satisfiesGeneric('1', '1 ||'.repeat(100_000))).toBeUndefined()
  })
})
