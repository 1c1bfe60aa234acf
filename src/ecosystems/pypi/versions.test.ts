import { describe, expect, it } from 'vitest'
import { orderTable, versionTable } from '../../test-support/version-table.ts'
import { satisfiesSpecifiers } from './specifier.ts'
import { comparePythonVersions } from './version.ts'

describe('versions of PEP 440', () => {
  it("are ordered as by Python's own packaging library", () => {
    for (const [left, right, order] of orderTable('pep440-order')) {
      expect(Math.sign(comparePythonVersions(left, right) ?? Number.NaN), `${left} to ${right}`).toBe(order)
      const back = Math.sign(comparePythonVersions(right, left) ?? Number.NaN)
      expect(back + order, `${right} to ${left}`).toBe(0)
    }
  })

  it('are nothing else', () => {
    for (const text of [
      '',
      'a',
      '1.',
      '1.0.Final',
      '1..0',
      '1.0+',
      '1 0',
      '18446744073709551616',
      '1'.repeat(20_000),
    ]) {
      expect(comparePythonVersions(text, '1'), text.slice(0, 30)).toBeUndefined()
    }
  })
})

describe('specifiers', () => {
  it('hold where Trivy says so', () => {
    for (const [version, constraint, satisfied] of versionTable('pep440')) {
      expect(satisfiesSpecifiers(version, constraint), `${version} in ${constraint}`).toBe(satisfied)
    }
  })

  it.each([
    ['2.0rc1', '<2.0', true],
    ['1.9', '<2.0beta1', false],
    ['1.9', '<2.0b1', true],
    ['1.0', '*', true],
    ['1.0.post1', '>1.0', false],
    ['1.0+local', '==1.0', true],
    ['1.0+local', '>1.0', false],
    ['1.0b1', '==1.0a1.*', true],
    ['1.0', '==1.0.0.*', false],
    ['1.0', '', undefined],
    ['1.0', '<2 ||', undefined],
  ])('%s in "%s": %s', (version, constraint, satisfied) => {
    expect(satisfiesSpecifiers(version, constraint)).toBe(satisfied)
  })

  // Trivy main, pkg/detector/library/compare/pep440: AllowLocalSpecifier.
  it.each([
    ['4.2.8+sp1', '>=4.2.8+sp1, <4.2.8+sp999', true],
    ['4.2.8+sp999', '>=4.2.8+sp1, <4.2.8+sp999', false],
    ['4.2.8+sp1', '==4.2.8', false],
    ['4.2.8', '==4.2.8', true],
  ])('with local parts, %s in "%s": %s', (version, constraint, satisfied) => {
    expect(satisfiesSpecifiers(version, constraint, true)).toBe(satisfied)
    if (constraint.includes('+')) expect(satisfiesSpecifiers(version, constraint)).toBeUndefined()
  })

  it('stay quick when they are hostile', () => {
    for (const constraint of [
      `${'1'.repeat(100_000)}!!`,
      `${'1.0 '.repeat(50_000)}!`,
      `1.0${' '.repeat(100_000)}!`,
      `==1.0a${'1'.repeat(100_000)}x`,
      `==1.0+${'a.'.repeat(50_000)}`,
    ]) {
      expect(satisfiesSpecifiers('1.0', constraint), constraint.slice(0, 20)).toBeUndefined()
    }
    expect(satisfiesSpecifiers(`1.0a${'1'.repeat(9_000)}x`, '*')).toBeUndefined()
  })
})
