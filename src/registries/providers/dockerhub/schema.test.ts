import { describe, expect, it } from 'vitest'
import { Secret, toAppError } from '../../../core/index.ts'
import { readSettings, repositoryOf } from './schema.ts'

const password = new Secret('x')

function fieldsOf(settings: Record<string, unknown>): string[] {
  try {
    readSettings({ username: 'acme', password, ...settings })
    return []
  } catch (error) {
    const { code, fields } = toAppError(error)
    expect(code).toBe('settings-invalid')
    return Object.keys(fields ?? {})
  }
}

describe('readSettings', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['nothing but the account', {}, []],
    ['no user name', { username: ' ' }, ['username']],
    ['an e-mail address', { username: 'ann@example.com' }, ['username']],
    ['a user name that leads elsewhere', { username: '../../x' }, ['username']],
    ['a user name with a query', { username: 'a?b' }, ['username']],
    ['no password', { password: null }, ['password']],
    ['an empty password', { password: new Secret('') }, ['password']],
    ['a password that is not sealed', { password: 'x' }, ['password']],
    ['nothing at all', { username: '', password: '' }, ['username', 'password']],
    ['a namespace with a path', { namespace: 'acme/api' }, ['namespace']],
    ['a namespace that leads elsewhere', { namespace: '../../evil' }, ['namespace']],
    ['a namespace with a query', { namespace: 'acme?x=' }, ['namespace']],
    ['a repository with a tag', { repositories: 'acme/api:1' }, ['repositories']],
    ['a repository elsewhere', { repositories: 'quay.io/acme/api' }, ['repositories']],
  ])('names the field: %s', (_, settings, fields) => {
    expect(fieldsOf(settings)).toEqual(fields)
  })

  it('reads all of it', () => {
    const repositories = ['acme/api', 'docker.io/acme/api', 'debian']
    const settings = { username: ' acme ', password, namespace: ' Acme/ ', repositories }
    expect(readSettings(settings)).toMatchObject({
      credentials: { username: 'acme', password },
      namespace: 'acme',
      repositories: ['acme/api', 'library/debian'],
      transport: { skipTlsVerification: false },
    })
  })
})

describe('repositoryOf', () => {
  it.each([
    ['debian', 'library/debian'],
    ['library/debian', 'library/debian'],
    ['docker.io/debian', 'library/debian'],
    ['index.docker.io/acme/api', 'acme/api'],
    ['registry-1.docker.io/acme/api', 'acme/api'],
    ['https://hub.docker.com/r/acme/api', 'acme/api'],
    ['mydocker.io/acme/api', 'mydocker.io/acme/api'],
  ])('%s is %s', (text, name) => {
    expect(repositoryOf(text)).toBe(name)
  })
})
