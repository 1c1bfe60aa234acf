import { describe, expect, it } from 'vitest'
import { Secret, toAppError } from '../../../core/index.ts'
import { readSettings } from './schema.ts'

const filled = { username: 'octocat', token: new Secret('ghp_x'), owner: 'acme' }

function problems(settings: Record<string, unknown>): Readonly<Record<string, string>> {
  try {
    readSettings(settings)
    return {}
  } catch (error) {
    return toAppError(error).fields ?? {}
  }
}

describe('the form', () => {
  it.each([
    [{}, 'https://api.github.com', 'ghcr.io'],
    [{ apiUrl: 'https://github.com/' }, 'https://api.github.com', 'ghcr.io'],
    [{ apiUrl: 'https://acme.ghe.com' }, 'https://api.acme.ghe.com', 'containers.acme.ghe.com'],
    [{ apiUrl: 'api.acme.ghe.com' }, 'https://api.acme.ghe.com', 'containers.acme.ghe.com'],
    [
      { apiUrl: 'https://git.acme.example/' },
      'https://git.acme.example/api/v3',
      'containers.git.acme.example',
    ],
    [
      { apiUrl: 'https://git.acme.example:8443/api/v3/' },
      'https://git.acme.example:8443/api/v3',
      'containers.git.acme.example:8443',
    ],
    [
      { apiUrl: 'git.acme.example', registryHost: 'Docker.acme.example' },
      'https://git.acme.example/api/v3',
      'docker.acme.example',
    ],
  ])('finds API and registry: %o', (change, apiUrl, registryHost) => {
    expect(readSettings({ ...filled, ...change })).toMatchObject({ apiUrl, registryHost })
  })

  it('names every field that is missing', () => {
    expect(Object.keys(problems({})).toSorted()).toEqual(['owner', 'token', 'username'])
  })

  it.each([
    ['owner', 'https://github.com/acme'],
    ['owner', '../orgs/other'],
    ['username', '@octocat'],
    ['username', 'a@b.example'],
    ['apiUrl', 'http://git.acme.example/api/v3'],
    ['apiUrl', 'https://user:secret@git.acme.example'],
    ['apiUrl', 'https://git.acme.example/acme/repo'],
    ['apiUrl', 'https://git.acme.example/?x=1'],
    ['registryHost', 'https://ghcr.io'],
    ['registryHost', 'ghcr.io/acme'],
  ])('refuses %s = %s', (field, value) => {
    expect(problems({ ...filled, [field]: value })).toEqual({ [field]: expect.stringMatching(/\w/) })
  })
})
