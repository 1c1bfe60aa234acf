import { describe, expect, it } from 'vitest'
import { Secret, toAppError } from '../core/index.ts'
import { checkSecretHeader, isSameSecret, notificationJson } from './notification-proof.ts'

const event = (authorization: string | undefined, body = '{}') => ({
  headers: { authorization },
  body: Buffer.from(body),
  secret: new Secret('s3cret'),
  address: 'https://portolan.example/n/1',
  settings: {},
})

const codeOf = (work: () => unknown) => {
  try {
    work()
    return null
  } catch (error) {
    return toAppError(error).code
  }
}

describe('the proof of a notification', () => {
  it('compares texts of any length', () => {
    expect(isSameSecret('s3cret', new Secret('s3cret'))).toBe(true)
    expect(isSameSecret('s3cre', new Secret('s3cret'))).toBe(false)
    expect(isSameSecret('', new Secret('s3cret'))).toBe(false)
  })

  it.each<[string | undefined, string | undefined, string | null]>([
    ['s3cret', undefined, null],
    ['s3cret', 'Bearer', null],
    ['bearer s3cret', 'Bearer', null],
    ['Bearer s3cret', undefined, 'notification-refused'],
    ['Bearer s3cret ', 'Bearer', 'notification-refused'],
    ['Basic s3cret', 'Bearer', 'notification-refused'],
    ['', undefined, 'notification-refused'],
    [undefined, 'Bearer', 'notification-refused'],
  ])('header %j with scheme %j: %s', (value, scheme, code) => {
    expect(codeOf(() => checkSecretHeader(event(value), 'authorization', scheme))).toBe(code)
  })

  it('reads JSON or says that it is none', () => {
    expect(notificationJson(event('', '{"a":1}'))).toEqual({ a: 1 })
    expect(codeOf(() => notificationJson(event('', '{"a":')))).toBe('notification-invalid')
  })
})
