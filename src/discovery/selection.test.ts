import { expect, test } from 'vitest'
import { arrange, chosenPlatforms, engineOf, isIncluded } from './selection.ts'

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

test('what is no image neither ranks nor is selected; the widest policy counts', () => {
  const tag = (imageId: number, name: string, kind = 'image') => ({
    imageId,
    name,
    kind,
    pushedAt: imageId,
    builtAt: null,
  })
  const tags = [
    tag(1, 'a'),
    tag(2, 'b'),
    tag(3, 'c'),
    tag(4, 'sha256-1.sig', 'signature'),
    tag(5, 'new', 'unknown'),
  ]
  const policy = (latestTags: number) => ({ latestTags, include: [], exclude: [], platforms: [] })
  const wanted = arrange('acme/api', tags, [policy(1), policy(3)])
  expect(Object.fromEntries(wanted)).toEqual({
    1: { lifecycle: 'Outdated', selected: false },
    2: { lifecycle: 'Outdated', selected: true },
    3: { lifecycle: 'Latest', selected: true },
    4: { lifecycle: 'Outdated', selected: false },
    5: { lifecycle: 'Pending', selected: true },
  })
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
