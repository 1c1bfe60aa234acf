import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundMemory } from '../../test-support/memory.ts'
import { scaled } from '../../test-support/scale.ts'
import { orderTable, versionTable } from '../../test-support/version-table.ts'
import { gemspecAnalyzer } from './gemspec-analyzer.ts'
import { readGemspec } from './gemspec.ts'
import { gem } from './index.ts'
import { compareGemVersions, satisfiesGem } from './version.ts'

boundMemory()

const specification = (...lines: readonly string[]): string =>
  [
    'Gem::Specification.new do |s|',
    '  s.name = "rack".freeze',
    '  s.version = "2.2.6"',
    ...lines,
    'end',
  ].join('\n')

describe('a gem specification', () => {
  it.each([
    [specification(), {}],
    [specification('s.licenses = ["MIT".freeze, "Ruby".freeze]'), { licenses: ['MIT', 'Ruby'] }],
    [specification("s.license = 'MIT'"), { licenses: ['MIT'] }],
    ["Gem::Specification.new do |spec|\nspec.name='rack'\nspec.version='2.2.6'", {}],
    [specification('s.license = "MIT"', 's.name = "other"'), { licenses: ['MIT'] }],
  ])('%j', (text, more) => {
    expect(readGemspec(text)).toEqual({ name: 'rack', version: '2.2.6', ...more })
  })

  it.each([
    '',
    's.name = "rack"\ns.version = "1"',
    'Gem::Specification.new do |s|\n  s.name = "rack"\nend',
    specification('s.version_requirement = 1'),
    specification(`s.x = "${'y'.repeat(70_000)}"`),
    specification('s.name_of = 1'),
  ])('%.80j names no package', (text) => {
    expect(() => readGemspec(text)).toThrow()
  })

  it('stays quick when it is hostile', () => {
    expect(() => readGemspec('Gem::Specification.new |'.repeat(100_000))).toThrow('longer than 64 KiB')
    const spaces = ' '.repeat(60_000)
    expect(readGemspec(specification(`s.license${spaces}x`, `s.licenses = [${'['.repeat(60_000)}`))).toEqual({
      name: 'rack',
      version: '2.2.6',
    })
    const hostile = ['"', '.licenses=[', '|', ' .license'].map((text) => `s.license=${text.repeat(5_000)}x`)
    expect(readGemspec(specification(...Array(20).fill(hostile).flat().slice(1)))).toMatchObject({
      name: 'rack',
    })
    expect(() => readGemspec(specification(...Array(50_000).fill(`s.version${' '.repeat(50)}`)))).toThrow()
  })

  it('never does anything but give a package or throw', { timeout: scaled(30_000, 7_200_000) }, () => {
    const piece = fc.constantFrom(
      'Gem::Specification.new do |s|\n',
      's.name = ',
      's.version = ',
      's.licenses = [',
      's.license=',
      '"rack".freeze',
      '"',
      ']',
      '\n',
      '|',
      '\0',
    )
    const text = fc.array(fc.oneof(piece, piece, fc.string({ unit: 'binary' })), { maxLength: 25 })
    fc.assert(
      fc.property(text, (pieces) => {
        try {
          const { name, version } = readGemspec(pieces.join(''))
          expect(name !== '' && version !== '').toBe(true)
        } catch (error) {
          expect(error).toEqual(new Error('it has no name or no version'))
        }
      }),
      { numRuns: scaled(2_000, 1_000_000) },
    )
  })

  it('is found where gems are installed', () => {
    const wants = (path: string): boolean => gemspecAnalyzer.wants({ path, size: 1, mode: 0o644 })
    for (const path of ['a/specifications/x.gemspec', 'a/specifications/default/x.gemspec']) {
      expect(wants(path), path).toBe(true)
    }
    for (const path of [
      'specifications/x.gemspec',
      'a/x.gemspec',
      'a/specifications/.gemspec',
      'a/specifications/x.rb',
    ]) {
      expect(wants(path), path).toBe(false)
    }
  })
})

describe('versions of gems', () => {
  it('are ordered as by RubyGems', () => {
    for (const [left, right, order] of orderTable('rubygems-order')) {
      expect(Math.sign(compareGemVersions(left, right) ?? Number.NaN), `${left} to ${right}`).toBe(order)
    }
  })

  it('are nothing else', () => {
    for (const text of ['a', '1.', '1..0', '1_0', '1 0', '1.0+a', `${'1'.repeat(20_000)}`]) {
      expect(compareGemVersions(text, '1'), text.slice(0, 30)).toBeUndefined()
    }
    expect(compareGemVersions('', '0')).toBe(0)
  })

  it.each(['rubygems-requirements', 'rubygems'])('are in constraints: %s', (table) => {
    for (const [version, constraint, satisfied] of versionTable(table)) {
      expect(satisfiesGem(version, constraint), `${version} in ${constraint}`).toBe(satisfied)
    }
  })

  it('stay quick when they are hostile', () => {
    expect(satisfiesGem('1', `${'1.'.repeat(50_000)}!`)).toBeUndefined()
    expect(satisfiesGem('1', `${'1-'.repeat(50_000)}!`)).toBeUndefined()
    expect(satisfiesGem(`1-${'1.'.repeat(4_000)}!`, '>0')).toBeUndefined()
  })
})

describe('a gem', () => {
  it.each([
    ['RedCloth', '1', 'rubygems::'],
    ['seal-rack', '1', 'seal rubygems::'],
    ['rack', '2.0.7.0.1.sp1', 'rubygems::\nseal rubygems::'],
    ['rack', '2.0.7.0.1.sp12p3', 'rubygems::\nseal rubygems::'],
    ['rack', '2.0.7.0.1.sp', 'rubygems::'],
    ['rack', '2.0.7.1.1.sp1', 'rubygems::'],
    ['rack', '2.0.7.0.1.sp1.2', 'rubygems::'],
  ])('%s %s is looked up in lower case, and those of Seal among its own', (name, version, space) => {
    const lookupKey = name.toLowerCase()
    expect(gem.subject?.({ name, version }).subject).toMatchObject({ space, lookupKey, version })
  })

  it('keeps the case of its name in its purl', () => {
    const context = { os: null, repository: null, buildInfo: null }
    expect(gem.describe({ name: 'RedCloth', version: '4.2.9' }, context).purl).toBe('pkg:gem/RedCloth@4.2.9')
  })
})
