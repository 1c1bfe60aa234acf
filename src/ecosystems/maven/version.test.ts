import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { satisfies } from './range.ts'
import { compareMavenVersions } from './version.ts'

const fixtures = join(import.meta.dirname, '../../../test/fixtures/maven-versions')
const signs = new Map([
  [-1, '<'],
  [0, '=='],
  [1, '>'],
])

function rows(name: string): string[][] {
  const text = readFileSync(join(fixtures, name), 'utf8')
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t'))
}

function order(left = '', right = ''): string | undefined {
  return signs.get(Math.sign(compareMavenVersions(left, right) ?? Number.NaN))
}

/** Beyond 2^63 Trivy's library takes all numbers for equal; Maven, and we, do not. */
const hugeNumber = /\d{19}/

describe('the order of Maven versions', () => {
  const pairs = rows('pairs.tsv')

  it('is that of the library that Trivy compares with', () => {
    const wrong = pairs.filter(([left, , right, theirs]) => order(left, right) !== theirs)
    expect(wrong.filter((row) => !row.some((text) => hugeNumber.test(text)))).toEqual([])
    expect(pairs.length).toBeGreaterThan(4_000)
  })

  it('is that of Maven 3.8.7, but for a qualifier behind a point, or none behind a hyphen', () => {
    const wrong = pairs.filter(([left, theirs, right]) => order(left, right) !== theirs)
    expect(wrong.length).toBeLessThan(pairs.length / 40)
    const unexplained = wrong.filter(([left = '', , right = '']) => ![left, right].some(isQuirky))
    expect(unexplained).toEqual([])
  })

  /** Newer Maven takes `1.0.sp1` for `1-sp-1`, and an underscore or a plus for letters of another kind. */
  function isQuirky(version: string): boolean {
    return /\.[a-z]|[a-z]\.|[_+]/i.test(version) || version === '1.x' || version === '1.0sp'
  }

  it('takes long numbers for what they are, and long texts for none', () => {
    expect(compareMavenVersions('9223372036854775807', '9223372036854775808')).toBeLessThan(0)
    expect(compareMavenVersions(`1${'0'.repeat(900)}`, `2${'0'.repeat(899)}`)).toBeGreaterThan(0)
    expect(compareMavenVersions('1-'.repeat(501), '1')).toBeUndefined()
    expect(compareMavenVersions('1-'.repeat(499), '1')).toBeGreaterThan(0)
  })
})

describe('ranges of Maven versions', () => {
  const [versions = [], ...ranges] = rows('ranges.tsv')

  it.each(ranges)('%j is read as Trivy reads it', (range, verdicts = '') => {
    const wrong = versions.filter((version, index) => {
      const ours = satisfies(version, range)
      return (ours === undefined ? 'e' : String(ours).charAt(0)) !== verdicts.charAt(index)
    })
    expect(wrong.filter((version) => !hugeNumber.test(version))).toEqual([])
  })

  it('stays quick on hostile ranges', () => {
    expect(satisfies('1', `${' '.repeat(100_000)}%`)).toBeUndefined()
    expect(satisfies('1', `${'1 '.repeat(50_000)}%`)).toBeUndefined()
    expect(satisfies('1', `[${','.repeat(100_000)}]`)).toBeUndefined()
    expect(satisfies('1', '['.repeat(100_000))).toBeUndefined()
    expect(satisfies('1', `<${'1.'.repeat(50_000)}`)).toBe(false)
    expect(satisfies('1-'.repeat(600), '>0')).toBeUndefined()
  })
})
