import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundMemory } from '../../test-support/memory.ts'
import { scaled } from '../../test-support/scale.ts'
import { writeZip } from '../../test-support/zip-writer.ts'
import { readEgg } from './egg-analyzer.ts'
import { pypi } from './index.ts'
import { metadataAnalyzer } from './metadata-analyzer.ts'
import { readMetadata } from './metadata.ts'

boundMemory()

const DJANGO = 'Name: Django\nVersion: 3.2\n'

describe('METADATA', () => {
  it.each([
    ['Name: Django\r\nVersion: 3.2\r\n\r\nName: other', {}],
    ['name:Django\nVERSION:   3.2', {}],
    ['Name: Django\nSummary: a\n\tb: c\n   \nVersion: 3.2', {}],
    [`${DJANGO}no header\nLicense: MIT`, {}],
    [`${DJANGO}Summary: \u0007\nLicense: MIT`, {}],
    [`${DJANGO}License: MIT`, { licenses: ['MIT'] }],
    [`${DJANGO}License : MIT`, {}],
    [`${DJANGO}License: MIT\nLicense-Expression: BSD-3-Clause`, { licenses: ['BSD-3-Clause'] }],
    [
      `${DJANGO}License: x\nClassifier: License :: OSI Approved :: MIT License\nClassifier: License :: Public Domain`,
      { licenses: ['MIT License', 'Public Domain'] },
    ],
    [`${DJANGO}Classifier: License :: OSI Approved\nLicense: BSD`, { licenses: ['BSD'] }],
    [`${DJANGO}License-File: LICENSE`, {}],
    [
      `${DJANGO}License: MIT or Apache License, Version 2.0`,
      { licenses: ['MIT', 'Apache License, Version 2.0'] },
    ],
    [`${DJANGO}License: LGPL v2 or later`, { licenses: ['LGPL v2 or later'] }],
    [`${DJANGO}License: Permission is hereby granted, free of charge`, {}],
  ])('%j', (text, more) => {
    expect(readMetadata(text)).toEqual({ name: 'Django', version: '3.2', ...more })
  })

  it.each([
    '',
    '\n',
    `\n${DJANGO}`,
    ` ${DJANGO}`,
    'Name: a',
    'Version: 1',
    `x\n${DJANGO}`,
    'Name:\nVersion: 1',
  ])('%j names no package', (text) => {
    expect(() => readMetadata(text)).toThrow('it has no name or no version')
  })

  it('stays quick when it is hostile', () => {
    expect(readMetadata(`${DJANGO}Summary: ${'x'.repeat(4_000_000)}`)).toMatchObject({ name: 'Django' })
    expect(readMetadata(`${DJANGO}Summary: x${'\n '.repeat(2_000_000)}`)).toMatchObject({ name: 'Django' })
    expect(readMetadata(`${DJANGO}${'Classifier: License :: a\n'.repeat(100_000)}`).licenses).toHaveLength(
      100_000,
    )
    expect(() => readMetadata(`Name:${' '.repeat(4_000_000)}`)).toThrow()
  })

  it('never does anything but give a package or throw', { timeout: scaled(30_000, 7_200_000) }, () => {
    const piece = fc.constantFrom(
      'Name:',
      'Version:',
      'License:',
      ' ',
      '\n',
      '\r\n',
      '\t',
      ':',
      '\0',
      '1.0',
      'é',
      '\u2028',
    )
    const text = fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 20 })
    fc.assert(
      fc.property(text, (pieces) => {
        const fact = packageOrNone(() => readMetadata(pieces.join('')))
        if (fact !== undefined) expect(fact.name !== '' && fact.version !== '').toBe(true)
      }),
      { numRuns: scaled(2_000, 1_000_000) },
    )
  })
})

function packageOrNone<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    expect(error).toBeInstanceOf(Error)
    return undefined
  }
}

describe('a zipped egg', () => {
  const egg = writeZip([
    { name: 'a.py', content: 'x' },
    { name: 'EGG-INFO/PKG-INFO', content: DJANGO },
  ])

  it('names its package; without metadata it is none', () => {
    expect(readEgg(egg)).toEqual([{ name: 'Django', version: '3.2' }])
    expect(readEgg(writeZip([{ name: 'a.py', content: 'x' }]))).toEqual([])
    expect(() => readEgg(Buffer.from('text'))).toThrow()
  })

  it('is no bomb', () => {
    const large = writeZip([{ name: 'EGG-INFO/PKG-INFO', content: `${DJANGO}\n${'\0'.repeat(20_000_000)}` }])
    expect(large.length).toBeLessThan(50_000)
    expect(() => readEgg(large)).toThrow()
    const liar = writeZip([{ name: 'EGG-INFO/PKG-INFO', content: DJANGO, said: { size: 4_000_000_000 } }])
    expect(() => readEgg(liar)).toThrow()
  })

  it('never does anything but give a package or throw, however damaged', {
    timeout: scaled(30_000, 7_200_000),
  }, () => {
    const change = fc.tuple(fc.nat(egg.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(egg.length), (changes, length) => {
        const damaged = Buffer.from(egg)
        for (const [at, byte] of changes) damaged[at] = byte
        packageOrNone(() => readEgg(damaged.subarray(0, length < 20 ? length : undefined)))
      }),
      { numRuns: scaled(2_000, 1_000_000) },
    )
  })
})

describe('a Python package', () => {
  const context = { os: null, repository: null, buildInfo: null }

  it('is looked up and named in lower case with hyphens, its dots kept', () => {
    expect(pypi.subject?.({ name: 'Zope.Interface_X', version: '1' }).subject).toMatchObject({
      space: 'pip::',
      lookupKey: 'zope.interface-x',
    })
    expect(pypi.describe({ name: 'Zope.Interface_X', version: '1+a' }, context)).toMatchObject({
      name: 'Zope.Interface_X',
      purl: 'pkg:pypi/zope.interface-x@1%2Ba',
    })
  })

  it.each([
    ['seal-django', '4.2.8', 'seal pip::'],
    ['django', '4.2.8+sp1', 'seal pip::'],
    ['django', '4.2.8+sp1p2', 'seal pip::'],
    ['django', '4.2.8+spam', 'pip::'],
    ['sealed', '1', 'pip::'],
  ])('%s %s is looked up in "%s"', (name, version, space) => {
    expect(pypi.subject?.({ name, version }).subject?.space).toBe(space)
  })

  it('is found by the files that installers leave', () => {
    const wants = (path: string): boolean => metadataAnalyzer.wants({ path, size: 1, mode: 0o644 })
    for (const path of [
      'a/x.dist-info/METADATA',
      'a/x.dist-info/sub/METADATA',
      'a/x.egg-info',
      'a/x.egg-info/PKG-INFO',
      'a/x.egg-info/METADATA',
      'a/x.egg/EGG-INFO/PKG-INFO',
    ]) {
      expect(wants(path), path).toBe(true)
    }
    for (const path of [
      'METADATA',
      'a/PKG-INFO',
      'a/x.dist-info/RECORD',
      'proc/x.egg-info',
      'a/x.egg-info/SOURCES.txt',
    ]) {
      expect(wants(path), path).toBe(false)
    }
  })
})
