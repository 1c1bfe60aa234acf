import { describe, expect, it } from 'vitest'
import { npm } from './index.ts'
import { readPackageJson } from './package-json-analyzer.ts'

describe('package.json', () => {
  it.each([
    ['{"name":"a","version":"1.0.0"}', { name: 'a', version: '1.0.0' }],
    ['{"name":"a","version":"1.0.0","license":"MIT"}', { name: 'a', version: '1.0.0', licenses: ['MIT'] }],
    [
      '{"name":"a","version":"1.0.0","license":{"type":"MIT"}}',
      { name: 'a', version: '1.0.0', licenses: ['MIT'] },
    ],
    ['{"Name":"a","VERSION":"1.0.0"}', { name: 'a', version: '1.0.0' }],
    ['{"name":"a","version":"1.0.0"} {"name":"b"}', { name: 'a', version: '1.0.0' }],
    ['{"name":"a","version":"1.0.0","x":"}"}}}}', { name: 'a', version: '1.0.0' }],
    ['{"name":"@A-1.b_c/D-1.e_f","version":"1"}', { name: '@A-1.b_c/D-1.e_f', version: '1' }],
    ['{"name":"a"}', undefined],
    ['{"name":"a","version":null}', undefined],
    ['null', undefined],
  ])('%s', (text, fact) => {
    expect(readPackageJson(text)).toEqual(fact)
  })

  it.each([
    '',
    '{',
    '[]',
    '"a"',
    '{"name":1,"version":"1"}',
    '\uFEFF{}',
    '{"name":"a","version":"1","dependencies":[]}',
    '{"name":"a","version":"1","devDependencies":{"b":1}}',
    '{"name":"<%= name %>","version":"1"}',
    '{"name":"a b"}',
    '{"name":"@a/b/c","version":"1"}',
    '{"name":"a/b","version":"1"}',
    '{"name":"@/b","version":"1"}',
    '{"name":"é","version":"1"}',
    '{"name":"a\\n","version":"1"}',
  ])('fails on %j', (text) => {
    expect(() => readPackageJson(text)).toThrow()
  })

  it('is wanted by its name, outside of what no program lives in', () => {
    const [analyzer] = npm.analyzers
    const wants = (path: string): boolean | undefined => analyzer?.wants({ path, size: 1, mode: 0o644 })
    expect(['package.json', 'a/package.json', 'a/dev/package.json'].map(wants)).toEqual([true, true, true])
    expect(
      ['a/xpackage.json', 'dev/package.json', 'proc/1/package.json', 'a/.git/package.json'].map(wants),
    ).toEqual([false, false, false, false])
  })
})

describe('an npm package', () => {
  const context = { os: null, repository: null, buildInfo: null }
  it.each([
    ['@Babel/Core', '7.0.0-beta.1+b', 'pkg:npm/%40babel/core@7.0.0-beta.1%2Bb'],
    ['lodash', '1.0.0', 'pkg:npm/lodash@1.0.0'],
    ['../../etc passwd', '1 0', 'pkg:npm/../../etc%20passwd@1%200'],
    ['\u001b[0m\ud800', '1', 'pkg:npm/%1B%5B0m%EF%BF%BD@1'],
  ])('%j is shown with a purl, whatever it is called', (name, version, purl) => {
    expect(npm.describe({ name, version }, context).purl).toBe(purl)
  })

  it('is looked up in lower case, in all buckets of npm', () => {
    expect(npm.subject?.({ name: 'JSONStream', version: '1.3.5' })).toMatchObject({
      subject: { space: 'npm::', lookupKey: 'jsonstream', version: '1.3.5', comparer: 'npm' },
      skipReason: null,
    })
  })
})
