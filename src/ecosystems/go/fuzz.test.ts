import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { MAX_KEPT, rangesToKeep } from '../../executables/index.ts'
import { goBinary, goModules } from '../../test-support/executables/index.ts'
import { boundMemory } from '../../test-support/memory.ts'
import { mutations, scrambled } from '../../test-support/mutations.ts'
import { scaled } from '../../test-support/scale.ts'
import { go } from './index.ts'
import { parseLinkerVariables } from './linker-flags.ts'

boundMemory()

vi.setConfig({ testTimeout: scaled(60_000, 900_000) })

const runs = { numRuns: scaled(2_000, 1_000_000), seed: 2024 }
const [binaries, moduleFiles] = go.analyzers
const modules = goModules({ main: 'a.com/a@(devel)', deps: ['b.com/b@v1.0.0', 'c.com/c@v1.0.0 => ./c'] })
const seeds = [
  goBinary({ modules }),
  goBinary({ modules, pointers: true }),
  goBinary({ modules, is64: false, bigEndian: true, pointers: true }),
  goBinary({ modules, anonymous: true, withoutSections: true }),
  goBinary({ modules, format: 'pe' }),
  goBinary({ modules, format: 'mach-o' }),
  goBinary({ modules, format: 'mach-o', is64: false, pointers: true }),
]

/** Facts, or an error that is noted. */
function survives(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    expect(error).toSatisfy((thrown: unknown) => thrown instanceof TypeError || thrown instanceof SyntaxError)
  }
}

describe('whatever the bytes are', () => {
  it('a binary gives facts or a reason', () => {
    fc.assert(
      fc.property(mutations(seeds), (bytes) => survives(() => binaries?.read('a', bytes))),
      runs,
    )
  })

  it('the parts that are kept of it are bounded', () => {
    fc.assert(
      fc.property(mutations(seeds), fc.nat(2 ** 40), (bytes, size) => {
        const ranges = rangesToKeep(bytes.subarray(0, 16_384), Math.max(size, bytes.length))
        const sum = ranges.reduce((total, { start, end }) => total + end - start, 0)
        expect(sum).toBeLessThanOrEqual(MAX_KEPT)
        expect(ranges.every(({ start, end }) => start >= 0 && start < end)).toBe(true)
      }),
      runs,
    )
  })

  it('go.mod and go.sum give facts or a reason', () => {
    const pieces = 'module go require replace exclude ( ) => v1.0.0 1.16 a.com/b // " ` \n \t indirect'.split(
      ' ',
    )
    fc.assert(
      fc.property(scrambled([...pieces, ' ', '\n', 'require a.com/b v1.0.0\n']), (bytes) =>
        survives(() => moduleFiles?.finish?.(moduleFiles.read('go.mod', bytes))),
      ),
      runs,
    )
  })

  it('flags of the linker give variables', () => {
    const pieces = [
      '-X',
      '-X=',
      'main.version=1.0.0',
      ' ',
      "'",
      '"',
      '\\',
      '-s',
      '-extldflags',
      '=',
      ',',
      '--',
      '$(a)',
    ]
    fc.assert(
      fc.property(scrambled(pieces), (bytes) => {
        expect(parseLinkerVariables(Buffer.from(bytes).toString())).toBeInstanceOf(Map)
      }),
      runs,
    )
  })
})

describe('hostile input stays quick', () => {
  it.each(['-X a=b ', "'", '"', '\\', '" \\', 'a=b,c=d ', '-XXXX'])('flags %j', (piece) => {
    expect(parseLinkerVariables(`-X a=b ${piece.repeat(20_000)}`)).toBeInstanceOf(Map)
  })

  it.each(['require a v1\n', 'require (\n', '"', '`', '// indirect ', '(', ' '])('go.mod %j', (piece) => {
    survives(() => moduleFiles?.read('go.mod', new TextEncoder().encode(piece.repeat(100_000))))
  })
})
