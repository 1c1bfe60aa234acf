import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { auditableBinary } from '../../test-support/executables/index.ts'
import { boundMemory } from '../../test-support/memory.ts'
import { mutations, scrambled } from '../../test-support/mutations.ts'
import { scaled } from '../../test-support/scale.ts'
import { cargo } from './index.ts'

boundMemory()

vi.setConfig({ testTimeout: scaled(60_000, 900_000) })

const runs = { numRuns: scaled(2_000, 1_000_000), seed: 2024 }
const [binaries, lockFiles] = cargo.analyzers
const crates = [
  { name: 'app', version: '0.1.0', dependencies: [1] },
  { name: 'serde', version: '1.0.1', kind: 'runtime' },
]
const seeds = [
  auditableBinary(crates),
  auditableBinary(crates, 'pe'),
  auditableBinary(crates, 'mach-o'),
  auditableBinary(crates, 'wasm'),
]

function survives(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toSatisfy(
      (thrown: unknown) => thrown instanceof RangeError && /call stack/.test(thrown.message),
    )
  }
}

describe('whatever the bytes are', () => {
  it('a binary gives facts or a reason', () => {
    fc.assert(
      fc.property(mutations(seeds), (bytes) => survives(() => binaries?.read('a', bytes))),
      runs,
    )
  })

  it('a lock file gives facts or a reason', () => {
    const pieces = [
      '[[package]]\n',
      'name = "a"\n',
      'version = "1.0.0"\n',
      'dependencies = ["a"]\n',
      '[',
      ']',
      '=',
      '"',
      '\n',
      '{',
    ]
    fc.assert(
      fc.property(
        scrambled(pieces),
        scrambled([...pieces, '[dependencies]\n', '[workspace]\nmembers = ["*"]\n']),
        (lock, toml) =>
          survives(() => {
            const facts = [
              lockFiles?.read('Cargo.lock', lock) ?? [],
              lockFiles?.read('Cargo.toml', toml) ?? [],
            ]
            lockFiles?.finish?.(facts.flat())
          }),
      ),
      runs,
    )
  })

  it('a list of crates that unpacks without end is refused', () => {
    const bomb = [{ name: 'a'.repeat(17_000_000), version: '1' }]
    expect(() => binaries?.read('a', auditableBinary(bomb))).toThrow()
  })

  it('deep nesting does not end the process', () => {
    const nested = new TextEncoder().encode(`a = ${'['.repeat(100_000)}`)
    survives(() => lockFiles?.read('Cargo.lock', nested))
  })
})
