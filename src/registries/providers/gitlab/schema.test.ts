import { describe, expect, it } from 'vitest'
import { Secret, toAppError } from '../../../core/index.ts'
import { readSettings } from './schema.ts'

const filled = { username: 'ann', token: new Secret('glpat-x') }

function problems(settings: Record<string, unknown>): Readonly<Record<string, string>> {
  try {
    readSettings(settings)
    return {}
  } catch (error) {
    return toAppError(error).fields ?? {}
  }
}

describe('the form', () => {
  it('is for GitLab.com unless it says otherwise', () => {
    expect(readSettings(filled)).toMatchObject({
      gitlabUrl: 'https://gitlab.com',
      registryHost: 'registry.gitlab.com',
      namespace: undefined,
      repositories: [],
      plainHttp: false,
    })
  })

  it.each([
    [
      { gitlabUrl: 'git.acme.example/gitlab/', registryUrl: 'git.acme.example:5050' },
      'https://git.acme.example/gitlab',
      'git.acme.example:5050',
    ],
    [
      { gitlabUrl: 'https://git.acme.example:8443', registryUrl: 'https://Registry.acme.example/' },
      'https://git.acme.example:8443',
      'registry.acme.example',
    ],
    [
      { gitlabUrl: 'http://git.acme.example', registryUrl: 'http://r.acme.example', allowPlainHttp: true },
      'http://git.acme.example',
      'r.acme.example',
    ],
  ])('reads a self-hosted GitLab: %o', (change, gitlabUrl, registryHost) => {
    expect(readSettings({ ...filled, ...change })).toMatchObject({ gitlabUrl, registryHost })
  })

  it('takes a path as people write it', () => {
    expect(readSettings({ ...filled, namespace: '/acme/team/' })).toMatchObject({ namespace: 'acme/team' })
  })

  it('names every field that is missing', () => {
    expect(Object.keys(problems({})).toSorted()).toEqual(['token', 'username'])
    expect(Object.keys(problems({ ...filled, gitlabUrl: 'https://git.acme.example' }))).toEqual([
      'registryUrl',
    ])
  })

  it('says that a deploy token cannot list', () => {
    const deploy = { ...filled, username: 'gitlab+deploy-token-7' }
    expect(problems(deploy)).toEqual({ repositories: expect.stringContaining('deploy token') })
    expect(problems({ ...deploy, repositories: 'acme/api' })).toEqual({})
  })

  it.each([
    ['namespace', 'acme/../other'],
    ['namespace', 'https://gitlab.com/acme'],
    ['namespace', 'acme?x=1'],
    ['repositories', 'acme/api:1.0'],
    ['gitlabUrl', 'ftp://git.acme.example'],
    ['gitlabUrl', 'http://gitlab.com'],
    ['gitlabUrl', 'https://user:secret@gitlab.com'],
    ['registryUrl', 'https://registry.gitlab.com/acme'],
    ['registryUrl', 'http://registry.gitlab.com'],
  ])('refuses %s = %s', (field, value) => {
    expect(problems({ ...filled, [field]: value })).toMatchObject({ [field]: expect.stringMatching(/\w/) })
  })
})
