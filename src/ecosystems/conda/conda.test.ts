import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundMemory } from '../../test-support/memory.ts'
import { scaled } from '../../test-support/scale.ts'
import { conda } from './index.ts'
import { isEnvironmentRecord, readRecord } from './record-analyzer.ts'

boundMemory()

describe("conda's record of a package", () => {
  it('gives name, version and licences', () => {
    expect(readRecord('{"name":"pip","version":"22.2","license":"MIT and BSD","files":["a"]}')).toEqual({
      name: 'pip',
      version: '22.2',
      licenses: ['MIT', 'BSD'],
    })
    expect(readRecord('{"NAME":"pip","Version":"1"} more')).toEqual({ name: 'pip', version: '1' })
  })

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"name":"a"}',
    '{"name":"a","version":1}',
    '{"name":"a","version":"1","license":[]}',
  ])('is not %j', (text) => {
    expect(() => readRecord(text)).toThrow()
  })

  it('stays quick when it is hostile', () => {
    expect(() => readRecord(`{"name":${'['.repeat(1_000_000)}`)).toThrow()
    expect(() => readRecord(`{"name":"${'\\"'.repeat(500_000)}`)).toThrow()
    expect(readRecord(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)},"name":"a","version":"1"}`)).toEqual(
      {
        name: 'a',
        version: '1',
      },
    )
  })

  it('never does anything but give a package or throw', { timeout: scaled(30_000, 7_200_000) }, () => {
    const value = fc.oneof(
      fc.json(),
      fc.string().map((text) => JSON.stringify(text)),
    )
    const object = fc
      .array(fc.tuple(fc.constantFrom('name', 'version', 'license', 'NAME', '__proto__'), value), {
        maxLength: 5,
      })
      .map((fields) => `{${fields.map(([key, text]) => `"${key}":${text}`).join(',')}}`)
    fc.assert(
      fc.property(object, fc.nat(80), fc.constantFrom('', '}', '\0', '"'), (text, at, change) => {
        try {
          const { name, version } = readRecord(
            change === '' ? text : text.slice(0, at) + change + text.slice(at),
          )
          expect(name !== '' && version !== '').toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
      { numRuns: scaled(2_000, 1_000_000) },
    )
  })

  it('is found in environments, as by the expression that Trivy uses', () => {
    const piece = fc.constantFrom(
      '/',
      'envs',
      'a',
      '-',
      '-',
      'conda-meta',
      '/envs/a/conda-meta/',
      '.json',
      '.',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const path = `${pieces.join('')}.json`
        expect(isEnvironmentRecord(path), path).toBe(/.*\/envs\/.+\/conda-meta\/.+-.+-.+\.json$/.test(path))
      }),
      { numRuns: scaled(2_000, 100_000), seed: 20240101 },
    )
  })
})

describe('a conda package', () => {
  it('is listed, and looked up nowhere', () => {
    const fact = { name: '_libgcc_mutex', version: '0.1' }
    expect(conda.subject?.(fact)).toEqual({ subject: null, skipReason: null })
    expect(conda.describe(fact, { os: null, repository: null, buildInfo: null })).toMatchObject({
      name: '_libgcc_mutex',
      purl: 'pkg:conda/_libgcc_mutex@0.1',
    })
  })
})
