import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scaled } from '../test-support/scale.ts'
import { compareDebVersions, parseDebVersion } from './deb-version.ts'

/** Each line lowest first; `=` parts equals. */
const orders = [
  '1.0~~ 1.0~~a 1.0~ 1.0~rc1 1.0 1.0-1 1.0-1+b1 1.0-2 1.0-10 1.0+b1 1.0.1 1.1',
  '9 1:0 1:0.1 2:0',
  '2.31-13+deb11u4 2.31-13+deb11u10 2.36-9 2.36-9+deb12u4',
  '1.1.1~beta2 1.1.1 1.1.1a 1.1.1w 1.1.1.1',
  '3.0.2-0ubuntu1.2 3.0.2-0ubuntu1.10',
  '1.0=1.00=01.0=0:1.0=1.0-0',
]

describe('the order of Debian versions', () => {
  it.each(orders)('%s', (line) => {
    const groups = line.split(' ').map((group) => group.split('='))
    for (const [at, group] of groups.entries()) {
      for (const [otherAt, others] of groups.entries()) {
        for (const left of group) {
          for (const right of others) {
            expect(Math.sign(compareDebVersions(left, right) ?? Number.NaN), `${left} ${right}`).toBe(
              Math.sign(at - otherAt),
            )
          }
        }
      }
    }
  })

  it('takes no other text for a version', () => {
    for (const text of ['', 'a1', '-1', '1:', 'x:1', ':1', '1.0 2', '1.0-1:2', '1.0-a/b', '1.0\u00e9']) {
      expect(parseDebVersion(text), text).toBeUndefined()
      expect(compareDebVersions(text, '1')).toBeUndefined()
    }
  })

  it('compares numbers of any length', () => {
    expect(compareDebVersions(`1.${'9'.repeat(40)}`, `1.1${'0'.repeat(40)}`)).toBeLessThan(0)
  })

  it('stays quick on a hostile version', () => {
    const hostile = `1${'-'.repeat(50_000)}/`
    expect(compareDebVersions(hostile, hostile)).toBeUndefined()
    expect(compareDebVersions(`1${'~a1'.repeat(20_000)}`, `1${'~a1'.repeat(20_000)}`)).toBe(0)
  })
})

/** dpkg wants a revision after a dash; Trivy does not. */
function isDpkgVersion(text: string): boolean {
  return parseDebVersion(text) !== undefined && !text.endsWith('-')
}

const piece = fc.constantFrom(...'0 1 2 9 10 00 . ~ + a b Z rc deb ubuntu - ~~ .0 1: 0:'.split(' '))
const version = fc
  .tuple(fc.constantFrom('0', '1', '2.0', '1.10'), fc.array(piece, { maxLength: 6 }))
  .map(([start, pieces]) => start + pieces.join(''))
  .filter((text) => isDpkgVersion(text))

describe.skipIf(!existsSync('/usr/bin/dpkg'))('dpkg itself', () => {
  it('orders generated pairs in the same way', () => {
    const near = fc.tuple(version, piece).map(([text, more]) => [text, text + more] as const)
    const pairs = fc
      .sample(fc.oneof(fc.tuple(version, version), near), { numRuns: scaled(1_000, 20_000), seed: 20240101 })
      .filter((pair) => pair.every(isDpkgVersion))
    // One shell asks for all pairs: below, else equal, else above.
    const script = `while read -r a b; do
      if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi
    done`
    const input = pairs.map((pair) => pair.join(' ')).join('\n')
    const answers = spawnSync('sh', ['-c', script], { input: `${input}\n`, encoding: 'utf8' })
      .stdout.trim()
      .split('\n')
    const ours = pairs.map(([left, right]) => Math.sign(compareDebVersions(left, right) ?? Number.NaN))
    const differences = pairs.filter((_, index) => Number(answers[index]) !== (ours[index] ?? 0) + 0)
    expect(answers).toHaveLength(pairs.length)
    expect(differences).toEqual([])
  })
})
