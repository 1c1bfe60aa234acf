import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scaled } from '../../test-support/scale.ts'
import { compareRpmVersions } from './version.ts'

/** Each line lowest first; `=` parts equals. The orders are rpm's own (rpm-version(7), tests/rpmvercmp.at). */
const orders = [
  '1.0~~ 1.0~ 1.0~rc1 1.0~rc2 1.0 1.0^ 1.0^git1 1.0^git2 1.0a 1.0.1 1.1',
  '1.0~rc1 1.0~rc1^git1 1.0 1.0^git1~pre 1.0^git1',
  '1.0=1.0.=1..0=1_0=1+0=1.00 1.0.0',
  '0.9 1 9 009.1=9.1 10',
  'a b 1=01 1a 1b 1.1 2',
  'el8 el9 el10',
  '5.16.1.3-1 5.16.1.3-1.1 5.16.1.3-2 5.16.2-1',
  '2.0-1 1:0.1-1 1:1.0-1 2:0-0',
  '1.0-1.el9 1.0-1.el9_3 1.0-2.el9 1.0-10.el9',
  '99999999999999999998 99999999999999999999 100000000000000000000',
  '1 1A 1a 1aa 1b',
  '1.0=x:1.0=0:1.0=00:1.0= 0:1.0=9999999999999999999:1.0',
]

describe('the order of rpm versions', () => {
  it.each(orders)('%s', (line) => {
    const groups = line.split(/ (?! )(?!0:)/).map((group) => group.split('='))
    for (const [lower, group] of groups.entries()) {
      for (const [higher, other] of groups.entries()) {
        for (const left of group) {
          for (const right of other) {
            const order = Math.sign(compareRpmVersions(left, right))
            expect([left, right, order]).toEqual([left, right, Math.sign(lower - higher)])
          }
        }
      }
    }
  })

  it('parts version and release at the first dash, as Trivy does', () => {
    expect(compareRpmVersions('1-2-3', '1-2')).toBeGreaterThan(0)
    expect(compareRpmVersions('1-2', '1')).toBeGreaterThan(0)
    expect(compareRpmVersions('', '0')).toBeLessThan(0)
  })

  it('is quick with versions of any length', () => {
    const long = `1${'.1'.repeat(100_000)}`
    expect(compareRpmVersions(long, `${long}~`)).toBeGreaterThan(0)
  })
})

const piece = fc.constantFrom(
  '0',
  '1',
  '9',
  '10',
  '01',
  'a',
  'b',
  'rc',
  'el9',
  '~',
  '^',
  '.',
  '_',
  '+',
  'é',
  'Z',
)
const version = fc.array(piece, { minLength: 1, maxLength: 7 }).map((pieces) => pieces.join(''))

describe.skipIf(!existsSync('/usr/bin/rpm'))('rpm itself', () => {
  it('orders generated pairs in the same way', () => {
    const near = fc.tuple(version, piece).map(([text, more]) => [text, text + more] as const)
    const pairs = fc.sample(fc.oneof(fc.tuple(version, version), near), {
      numRuns: scaled(2_000, 200_000),
      seed: 20240101,
    })
    const ours = pairs.map(([left, right]) => Math.sign(compareRpmVersions(left, right)))
    const theirs = askRpm(pairs)
    expect(theirs).toHaveLength(pairs.length)
    expect(pairs.filter((_, index) => theirs[index] !== ours[index])).toEqual([])
  })
})

/** One program asks for all pairs. */
function askRpm(pairs: readonly (readonly [string, string])[]): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-rpm-'))
  try {
    const lines = pairs.map(
      ([left, right]) => `print(rpm.vercmp([==[${left}]==], [==[${right}]==]) .. "\\n")`,
    )
    // Lua has bounds on the size of a function.
    const chunks = lines.map((line, index) =>
      index % 1000 === 0 ? `end\nf${index} = function()\n${line}` : line,
    )
    const calls = lines.flatMap((_, index) => (index % 1000 === 0 ? [`f${index}()`] : []))
    const script = join(folder, 'pairs.lua')
    writeFileSync(script, `do\n${chunks.join('\n')}\nend\n${calls.join('\n')}\n`)
    const answers = spawnSync('rpm', ['--eval', `%{lua: dofile("${script}")}`], {
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    })
    return answers.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map(Number)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
