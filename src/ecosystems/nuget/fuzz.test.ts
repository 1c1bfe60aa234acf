import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { boundMemory } from '../../test-support/memory.ts'
import { mutations, scrambled } from '../../test-support/mutations.ts'
import { scaled } from '../../test-support/scale.ts'
import { nuget } from './index.ts'

boundMemory()

vi.setConfig({ testTimeout: scaled(60_000, 900_000) })

const runs = { numRuns: scaled(2_000, 1_000_000), seed: 2024 }
const [manifests, lists] = nuget.analyzers
const seed = JSON.stringify({
  runtimeTarget: { name: 'n' },
  targets: { n: { 'A/1.0.0': { runtime: {} } } },
  libraries: { 'A/1.0.0': { type: 'package' } },
  dependencies: { n: { A: { type: 'Direct', resolved: '1.0.0' } } },
})
const json = fc.oneof(
  mutations([new TextEncoder().encode(seed)]),
  fc
    .json()
    .map((text) =>
      new TextEncoder().encode(`{"libraries":${text},"dependencies":${text},"targets":${text}}`),
    ),
)

function survives(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    expect(error).toSatisfy((thrown: unknown) => thrown instanceof TypeError || thrown instanceof SyntaxError)
  }
}

describe('whatever the bytes are', () => {
  it('JSON files give facts or a reason', () => {
    fc.assert(
      fc.property(json, (bytes) => {
        survives(() => manifests?.read('a.deps.json', bytes))
        survives(() => lists?.read('packages.lock.json', bytes))
      }),
      runs,
    )
  })

  it('packages.config gives facts or a reason', () => {
    const pieces = [
      '<packages>',
      '<package id="A" version="1"/>',
      '</packages>',
      '<',
      '>',
      '"',
      '/',
      '<!--',
      '-->',
      '<?',
      '<![CDATA[',
      '&#x41;',
      '&',
    ]
    fc.assert(
      fc.property(scrambled(pieces), (bytes) => survives(() => lists?.read('packages.config', bytes))),
      runs,
    )
  })
})
