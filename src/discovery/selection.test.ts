import { expect, test } from 'vitest'
import { arrange, isIncluded } from './selection.ts'

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
