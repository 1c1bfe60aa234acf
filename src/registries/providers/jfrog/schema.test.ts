import { describe, expect, it } from 'vitest'
import { Secret, toAppError } from '../../../core/index.ts'
import { readSettings } from './schema.ts'

const whole = {
  username: 'ann',
  password: new Secret('x'),
  domain: 'artifactory.acme.example',
  repository: 'docker-prod',
}

function wrongFields(settings: Record<string, unknown>): string[] {
  try {
    readSettings({ ...whole, ...settings })
    return []
  } catch (error) {
    return Object.keys(toAppError(error).fields ?? {}).toSorted()
  }
}

describe('readSettings', () => {
  it.each([
    [{}, 'artifactory.acme.example', 'docker-prod/'],
    [
      { dockerAccess: 'path', domain: 'https://Artifactory.acme.example/artifactory/' },
      'artifactory.acme.example',
      'docker-prod/',
    ],
    [{ domain: 'artifactory.acme.example:8443' }, 'artifactory.acme.example:8443', 'docker-prod/'],
    [{ dockerAccess: 'subdomain' }, 'docker-prod.artifactory.acme.example', ''],
    [{ dockerAccess: 'subdomain', domain: 'acme.jfrog.io' }, 'acme-docker-prod.jfrog.io', ''],
    [{ dockerAccess: 'subdomain', dockerHost: 'images.acme.example' }, 'images.acme.example', ''],
    [
      { dockerAccess: 'port', dockerHost: 'artifactory.acme.example:5001' },
      'artifactory.acme.example:5001',
      '',
    ],
  ])('%j pulls from %s/%s', (settings, host, prefix) => {
    expect(readSettings({ ...whole, ...settings }).docker).toMatchObject({ host, prefix })
  })

  it.each<[string, Record<string, unknown>, string[]]>([
    ['no domain', { domain: '' }, ['domain']],
    ['plain HTTP', { domain: 'http://artifactory.acme.example' }, ['domain']],
    ['a path', { domain: 'artifactory.acme.example/webapp' }, ['domain']],
    ['a user in the address', { domain: 'ann@artifactory.acme.example' }, ['domain']],
    ['no password', { password: new Secret('') }, ['password']],
    ['no repository', { repository: null }, ['repository']],
    ['a repository with an image', { repository: 'docker-prod/api' }, ['repository']],
    ['a repository that is a query', { repository: 'x"})' }, ['repository']],
    ['a method that is none', { dockerAccess: 'pigeon' }, ['dockerAccess']],
    ['a port without one', { dockerAccess: 'port' }, ['dockerHost']],
    ['a docker host that is none', { dockerHost: 'a b' }, ['dockerHost']],
  ])('names the field: %s', (_, settings, fields) => {
    expect(wrongFields(settings)).toEqual(fields)
  })
})
