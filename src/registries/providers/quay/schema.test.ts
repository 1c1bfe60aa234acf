import { describe, expect, it } from 'vitest'
import { Secret, toAppError } from '../../../core/index.ts'
import { readSettings } from './schema.ts'

const token = new Secret('x')

function fieldsOf(settings: Record<string, unknown>): string[] {
  try {
    readSettings({ token, namespace: 'mycompany', ...settings })
    return []
  } catch (error) {
    const { code, fields } = toAppError(error)
    expect(code).toBe('settings-invalid')
    return Object.keys(fields ?? {})
  }
}

describe('readSettings', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['token and namespace', {}, []],
    ['no token', { token: '' }, ['token']],
    ['a token that is not sealed', { token: 'x' }, ['token']],
    ['no namespace', { namespace: null }, ['namespace']],
    ['nothing', { token: undefined, namespace: undefined }, ['token', 'namespace']],
    ['a repository for a namespace', { namespace: 'mycompany/api' }, ['namespace']],
    ['a namespace that leads elsewhere', { namespace: '..' }, ['namespace']],
    ['a base URL with a path', { baseUrl: 'https://quay.example.com/mycompany' }, ['baseUrl']],
    ['a base URL with a password', { baseUrl: 'https://a:b@quay.example.com' }, ['baseUrl']],
    ['another protocol', { baseUrl: 'ftp://quay.example.com' }, ['baseUrl']],
    ['no address', { baseUrl: 'not an address' }, ['baseUrl']],
    ['plain HTTP that is not allowed', { baseUrl: 'http://quay.example.com' }, ['baseUrl']],
    ['plain HTTP that is', { baseUrl: 'http://quay.example.com', allowPlainHttp: true }, []],
  ])('names the field: %s', (_, settings, fields) => {
    expect(fieldsOf(settings)).toEqual(fields)
  })

  it('takes quay.io unless another address stands there', () => {
    expect(readSettings({ token, namespace: 'mycompany', baseUrl: ' ' })).toMatchObject({
      host: 'quay.io',
      origin: 'https://quay.io',
      plainHttp: false,
    })
    expect(readSettings({ token, namespace: 'mycompany', baseUrl: 'Quay.Example.com:8443' })).toMatchObject({
      host: 'quay.example.com:8443',
      origin: 'https://quay.example.com:8443',
    })
  })
})
