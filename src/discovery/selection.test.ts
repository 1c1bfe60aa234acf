import { expect, test } from 'vitest'
import { arrange, chosenPlatforms, engineOf, isIncluded, leftOutBecause, wantedTags } from './selection.ts'

test.each([
  ['acme/api', [], [], true],
  ['acme/api', ['acme/*'], [], true],
  ['other/api', ['acme/*'], [], false],
  ['acme/api', ['*'], ['*/api'], false],
  ['acme/team/api', ['acme/*/api'], [], true],
  ['acme/api', ['acme/*/api'], [], false],
  ['aXb', ['a.b'], [], false],
  ['ab', ['a*b*b'], [], false],
])('%s with include %j and exclude %j: %s', (path, include, exclude, expected) => {
  expect(isIncluded(path, { include, exclude })).toBe(expected)
})

test('many stars take no time', () => {
  expect(isIncluded('a'.repeat(250), { include: [`${'*a'.repeat(90)}b`], exclude: [] })).toBe(false)
})

const tag = (imageId: number, kind = 'image') => ({
  imageId,
  name: `tag-${imageId}`,
  kind,
  digest: new Uint8Array(32),
  pushedAt: imageId,
  builtAt: null,
})

test('the widest policy that lets the repository through counts', () => {
  const policy = (latestTags: number, include: readonly string[] = []) => ({
    latestTags,
    include,
    exclude: [],
    platforms: [],
  })
  expect(wantedTags('acme/api', [policy(1), policy(3), policy(9, ['other/*'])])).toBe(3)
  expect(wantedTags('acme/api', [policy(9, ['other/*'])])).toBe(0)
})

test('Latest is the newest that is known to be an image; what is wanted and not looked into yet is Pending', () => {
  const top = [tag(5, 'unknown'), tag(3), tag(2), tag(1)]
  expect(arrange({ top, more: true, dated: true }, 3)).toEqual({
    selected: [5, 3, 2],
    latest: 3,
    pending: [5],
  })
})

test('with push dates, what is older than what is wanted is not Pending; without, nothing is known of it', () => {
  const top = [tag(3), tag(2, 'unknown'), tag(1, 'unknown')]
  expect(arrange({ top, more: false, dated: true }, 1)).toEqual({ selected: [3], latest: 3, pending: [] })
  expect(arrange({ top, more: false, dated: false }, 1)).toEqual({
    selected: [3],
    latest: 3,
    pending: [2, 1],
  })
})

test('where nothing is wanted nobody looks, and push dates alone tell which is Latest', () => {
  const top = [tag(2, 'unknown')]
  expect(arrange({ top, more: true, dated: true }, 0)).toEqual({ selected: [], latest: 2, pending: [] })
  expect(arrange({ top, more: true, dated: false }, 0)).toEqual({ selected: [], latest: null, pending: [2] })
})

const chosen = (platforms: readonly string[], include: readonly string[] = []) => ({
  latestTags: 10,
  include,
  exclude: [],
  platforms,
})

test('scans the platforms that any connection of the repository chose', () => {
  const names = ['linux/amd64', 'linux/arm64', 'linux/arm64/v8', 'linux/arm/v7', '', 'odd']
  expect(chosenPlatforms('a/b', [], names)).toBe('all')
  expect(chosenPlatforms('a/b', [chosen(['linux/arm64']), chosen([])], names)).toBe('all')
  expect(chosenPlatforms('a/b', [chosen(['linux/arm64'])], names)).toEqual(['linux/arm64', 'linux/arm64/v8'])
  expect(chosenPlatforms('a/b', [chosen(['linux/arm/v6'])], names)).toEqual([])
  const elsewhere = [chosen(['linux/amd64']), chosen([], ['other/*'])]
  expect(chosenPlatforms('a/b', elsewhere, names)).toEqual(['linux/amd64'])
})

test('is spoken for by the engine of the oldest connection that selects it', () => {
  const policies = [
    { ...chosen([], ['other/*']), engine: 'first' },
    { ...chosen([]), engine: 'second' },
    { ...chosen([]), engine: 'third' },
  ]
  expect(engineOf('a/b', policies)).toBe('second')
  expect(engineOf('other/b', policies)).toBe('first')
  expect(engineOf('a/b', policies.slice(0, 1))).toBe('first')
  expect(engineOf('a/b', [])).toBe('portolan')
})

test('what leaves an image out has a name', () => {
  const policy = (latestTags: number, include: string[] = []) => ({
    latestTags,
    include,
    exclude: [],
    platforms: [],
  })
  expect(leftOutBecause('acme/api', [])).toBe('no connection that is enabled sees its repository')
  expect(leftOutBecause('acme/api', [policy(1), policy(10)])).toBe(
    'only the latest 10 tags of its repository are scanned',
  )
  expect(leftOutBecause('acme/api', [policy(1)])).toBe('only the latest tag of its repository is scanned')
  expect(leftOutBecause('acme/api', [policy(0)])).toBe('its connection selects no tag')
  expect(leftOutBecause('acme/api', [policy(10, ['other/*'])])).toBe(
    'the patterns of its connection leave out its repository',
  )
})
