import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundMemory } from '../../test-support/memory.ts'
import { scaled } from '../../test-support/scale.ts'
import { composer } from './index.ts'
import { readPackages } from './lock-file.ts'
import { packagesAnalyzer } from './packages-analyzer.ts'

boundMemory()

describe("Composer's list of packages", () => {
  it('gives each once, without those for development', () => {
    const text = JSON.stringify({
      packages: [
        { name: 'a/b', version: 'v1.0', license: ['MIT', 'BSD-3-Clause'] },
        { name: 'a/b', version: '2.0' },
        { name: 'c', version: '1', license: 'MIT or GPL-2.0' },
        { version: '1' },
        null,
      ],
      'packages-dev': [{ name: 'd', version: '1' }],
    })
    expect(readPackages(text)).toEqual([
      { name: 'a/b', version: 'v1.0', licenses: ['MIT', 'BSD-3-Clause'] },
      { name: 'c', version: '1', licenses: ['MIT', 'GPL-2.0'] },
    ])
    expect(readPackages('{}')).toEqual([])
  })

  it.each([
    '',
    '[]',
    '{"packages":{}}',
    '{"packages":[1]}',
    '{"packages":[[]]}',
    '{"packages":[{"name":1}]}',
  ])('is not %j', (text) => {
    expect(() => readPackages(text)).toThrow()
  })

  it('stays quick when it is hostile', () => {
    expect(() => readPackages(`{"packages":${'['.repeat(1_000_000)}`)).toThrow()
    const many = JSON.stringify({
      packages: Array.from({ length: 200_000 }, () => ({ name: 'a', version: '1' })),
    })
    expect(readPackages(many)).toHaveLength(1)
  })

  it('never does anything but give packages or throw', { timeout: scaled(30_000, 7_200_000) }, () => {
    const item = fc.record(
      {
        name: fc.oneof(fc.string(), fc.jsonValue()),
        version: fc.oneof(fc.string(), fc.jsonValue()),
        license: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    const list = fc.oneof(fc.array(fc.oneof({ weight: 4, arbitrary: item }, fc.jsonValue())), fc.jsonValue())
    fc.assert(
      fc.property(list, fc.nat(60), fc.constantFrom('', '', '}', '\0', '"'), (packages, at, change) => {
        const text = JSON.stringify({ packages })
        try {
          for (const { name, version } of readPackages(text.slice(0, at) + change + text.slice(at))) {
            expect(name).not.toBe('')
            expect(typeof version).toBe('string')
          }
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
      { numRuns: scaled(2_000, 1_000_000) },
    )
  })

  it('is found beside the application, and in its vendor folder', () => {
    const wants = (path: string): boolean => packagesAnalyzer.wants({ path, size: 1, mode: 0o644 })
    for (const path of [
      'composer.lock',
      'app/composer.lock',
      'app/vendor/composer/installed.json',
      'installed.json',
    ]) {
      expect(wants(path), path).toBe(true)
    }
    for (const path of [
      'app/vendor/a/composer.lock',
      'app/xcomposer.lock',
      'a/installed.json.bak',
      'proc/composer.lock',
    ]) {
      expect(wants(path), path).toBe(false)
    }
  })
})

describe('a PHP package', () => {
  it('is looked up in lower case', () => {
    expect(composer.subject?.({ name: 'Twig/Twig', version: 'v3.4.2' }).subject).toMatchObject({
      space: 'composer::',
      lookupKey: 'twig/twig',
      version: 'v3.4.2',
    })
    expect(composer.subject?.({ name: 'a/b', version: '' })).toEqual({
      subject: null,
      skipReason: 'no-version',
    })
  })

  it('has its vendor as the namespace of its purl', () => {
    const context = { os: null, repository: null, buildInfo: null }
    expect(composer.describe({ name: 'Symfony/http-kernel', version: 'v5.4.19' }, context).purl).toBe(
      'pkg:composer/symfony/http-kernel@v5.4.19',
    )
    expect(composer.describe({ name: 'plain', version: '1' }, context).purl).toBe('pkg:composer/plain@1')
  })
})
