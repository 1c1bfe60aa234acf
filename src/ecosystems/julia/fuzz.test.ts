import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { boundMemory } from '../../test-support/memory.ts'
import { mutations, scrambled } from '../../test-support/mutations.ts'
import { scaled } from '../../test-support/scale.ts'
import { julia } from './index.ts'

boundMemory()

vi.setConfig({ testTimeout: scaled(60_000, 900_000) })

const runs = { numRuns: scaled(2_000, 1_000_000), seed: 2024 }
const [analyzer] = julia.analyzers
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const uuid = (digit: number): string => `${String(digit).repeat(8)}-35fb-5094-929b-558a96fad6f3`
const manifest = `
julia_version = "1.9.0"
manifest_format = "2.0"
[[deps.A]]
deps = ["B", "C"]
uuid = "${uuid(1)}"
version = "1.9.0"
[[deps.B]]
uuid = "${uuid(2)}"
  [deps.B.deps]
  A = "${uuid(1)}"
`
const old = `[[A]]\ndeps = ["B"]\nuuid = "${uuid(1)}"\nversion = "1.0.0"\n[[B]]\nuuid = "${uuid(2)}"\n`
const project = `[deps]\nA = "${uuid(1)}"\n[extras]\nB = "${uuid(2)}"\n`
const pieces = [
  ...'[[deps.A]] [[A]] [deps] [deps.A.deps] deps uuid version = " { } [ ] , manifest_format julia_version \n A B'.split(
    ' ',
  ),
  `A = "${uuid(1)}"\n`,
  `uuid = "${uuid(1)}"\n`,
  'deps = ["A", "B"]\n',
]

/** Packages of an environment, or the fault that is noted. */
function survives(manifestBytes: Uint8Array, projectBytes: Uint8Array): void {
  try {
    const facts = [
      ...(analyzer?.read('a/Manifest.toml', manifestBytes) ?? []),
      ...(analyzer?.read('a/Project.toml', projectBytes) ?? []),
    ]
    for (const fact of analyzer?.finish?.(facts) ?? []) {
      const packages = fact.kind === 'packages' ? fact.packages : []
      for (const { name, version } of packages)
        expect([typeof name, typeof version]).toEqual(['string', 'string'])
    }
  } catch (error) {
    expect(error).toSatisfy(
      (thrown: unknown) =>
        thrown instanceof Error && ['TomlError', 'TypeError', 'Error'].includes(thrown.constructor.name),
    )
  }
}

describe('whatever the bytes are, an environment of Julia gives packages or a reason', () => {
  it('a damaged manifest', () => {
    const damaged = mutations([manifest, old].map(encode))
    fc.assert(
      fc.property(damaged, (bytes) => survives(bytes, encode(project))),
      runs,
    )
  })

  it('a damaged project', () => {
    fc.assert(
      fc.property(mutations([encode(project)]), (bytes) => survives(encode(manifest), bytes)),
      runs,
    )
  })

  it('pieces of both', () => {
    fc.assert(
      fc.property(scrambled(pieces), scrambled(pieces), (left, right) => survives(left, right)),
      runs,
    )
  })

  it('values of any type', () => {
    const value = fc.constantFrom(
      '"1.0"',
      `"${uuid(1)}"`,
      '""',
      '1',
      '1.5',
      'true',
      '[]',
      '["A"]',
      '{}',
      '{ A = 1 }',
      '1979-05-27',
    )
    const entry = fc.record({ uuid: value, version: value, deps: value }, { requiredKeys: [] }).map(
      (fields) =>
        `[[deps.A]]\n${Object.entries(fields)
          .map(([name, is]) => `${name} = ${is}\n`)
          .join('')}`,
    )
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 3 }), value, (entries, direct) =>
        survives(
          encode(`manifest_format = "2.0"\njulia_version = ${direct}\n${entries.join('')}`),
          encode(`[deps]\nA = "${uuid(1)}"\nB = ${direct}\n`),
        ),
      ),
      runs,
    )
  })

  it('a circle of thirty thousand', () => {
    const size = 30_000
    const circle = Array.from(
      { length: size },
      (_, at) => `[[P${at}]]\nuuid = "u${at}"\nversion = "1"\ndeps = ["P${(at + 1) % size}"]\n`,
    )
    const facts = [
      ...(analyzer?.read('a/Manifest.toml', encode(circle.join(''))) ?? []),
      ...(analyzer?.read('a/Project.toml', encode('[deps]\nP0 = "u0"\n')) ?? []),
    ]
    const [found] = analyzer?.finish?.(facts) ?? []
    expect(found?.kind === 'packages' && found.packages.length).toBe(size)
  })

  it.each(['[', '{', '[[a]]\n', 'a.', '"', '\\', 'a = [', '[a.b.c.d]\n'])('hostile: many %j', (piece) => {
    survives(encode(piece.repeat(50_000)), encode(project))
  })
})
