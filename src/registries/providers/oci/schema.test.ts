import { describe, expect, it } from 'vitest'
import { Secret, toAppError } from '../../../core/index.ts'
import { createAuthority } from '../../../test-support/certificates.ts'
import { readSettings } from './schema.ts'

function fieldsOf(settings: Record<string, unknown>) {
  try {
    return readSettings({ url: 'https://registry.example.com', ...settings })
  } catch (error) {
    const { code, kind, fields } = toAppError(error)
    expect({ code, kind }).toEqual({ code: 'settings-invalid', kind: 'invalid' })
    return Object.keys(fields ?? {})
  }
}

describe('readSettings', () => {
  it('needs an address only', () => {
    const empty = {
      username: '',
      password: new Secret(''),
      prefix: null,
      repositories: '',
      allowPlainHttp: undefined,
    }
    expect(fieldsOf(empty)).toEqual({
      host: 'registry.example.com',
      plainHttp: false,
      transport: { caCertificate: undefined, skipTlsVerification: false },
      credentials: undefined,
      signInHost: undefined,
      prefix: '',
      repositories: [],
    })
  })

  it('reads all of it', () => {
    const password = new Secret('secret')
    const ca = createAuthority().cert
    const settings = readSettings({
      url: ' http://Registry.example.com:5000/v2/ ',
      username: ' ann ',
      password,
      prefix: '/acme/team/',
      repositories: 'acme/api\n\n acme/web \nacme/api',
      caCertificate: ca,
      signInHost: 'Auth.example.com',
      allowPlainHttp: true,
      skipTlsVerification: true,
    })
    expect(settings).toMatchObject({
      host: 'registry.example.com:5000',
      plainHttp: true,
      transport: { skipTlsVerification: true },
      credentials: { username: 'ann', password },
      signInHost: 'auth.example.com',
      prefix: 'acme/team',
      repositories: ['acme/api', 'acme/web'],
    })
    expect(settings.transport.caCertificate).toContain('BEGIN CERTIFICATE')
  })

  it('takes an address without scheme as HTTPS, and a list as a list', () => {
    const settings = { url: 'registry.example.com:5000', repositories: ['a/b', 'c'] }
    expect(fieldsOf(settings)).toMatchObject({
      host: 'registry.example.com:5000',
      plainHttp: false,
      repositories: ['a/b', 'c'],
    })
  })

  it.each<[string, Record<string, unknown>, string[]]>([
    ['no address', { url: '' }, ['url']],
    ['an address that is none', { url: 'not an address' }, ['url']],
    ['another protocol', { url: 'ftp://registry.example.com' }, ['url']],
    ['plain HTTP that is not allowed', { url: 'http://registry.example.com' }, ['url']],
    ['a path', { url: 'https://registry.example.com/acme' }, ['url']],
    ['a password in the address', { url: 'https://u:p@registry.example.com' }, ['url']],
    ['a user without password', { username: 'ann' }, ['password']],
    ['a password without user', { password: new Secret('x') }, ['username']],
    ['a password that is not sealed', { username: 'ann', password: 'x' }, ['password']],
    ['a wrong prefix', { prefix: 'ACME' }, ['prefix']],
    ['a repository with host or tag', { repositories: 'registry.example.com/a:1' }, ['repositories']],
    ['a list of something else', { repositories: [5] }, ['repositories']],
    ['a text that is no certificate', { caCertificate: 'hello' }, ['caCertificate']],
    ['a sign-in host with a path', { signInHost: 'https://x/token' }, ['signInHost']],
    ['several at once', { url: 'http://x', prefix: '..', username: 'ann' }, ['url', 'prefix', 'password']],
  ])('names the field: %s', (_, settings, fields) => {
    expect(fieldsOf(settings)).toEqual(fields)
  })
})
