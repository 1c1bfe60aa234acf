import { describe, expect, it } from 'vitest'
import { openTestApi, SESSION_COOKIE } from '../../test-support/api/index.ts'

const url = '/api/auth/sign-in/email'
const right = { email: 'a@example.org', password: 'right' }

describe('sign-in', () => {
  it('gives the cookies of the session and notes it', async () => {
    await using api = await openTestApi()
    const answer = await api.app.inject({ method: 'POST', url, payload: right })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['set-cookie']).toContain('HttpOnly')
    expect(api.calls.map((call) => call.args[1])).toMatchObject([
      { action: 'session.started', actor: { kind: 'user', id: 'user-admin' }, address: '127.0.0.1' },
    ])
  })

  it('refuses a wrong password without saying which part is wrong', async () => {
    await using api = await openTestApi()
    const answer = await api.app.inject({ method: 'POST', url, payload: { ...right, password: 'wrong' } })
    expect(answer.json()).toMatchObject({ status: 401, code: 'sign-in-refused' })
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(api.calls).toEqual([])
  })

  it('refuses a form on another site', async () => {
    await using api = await openTestApi()
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const answer = await api.app.inject({ method: 'POST', url, payload: right, headers })
      expect(answer.json()).toMatchObject({ status: 403, code: 'cross-origin' })
    }
  })

  it('limits the tries of an address, not of others', async () => {
    await using api = await openTestApi({}, { signInTriesPerMinute: 3, behindProxy: true })
    const tryFrom = async (address: string) =>
      api.app.inject({
        method: 'POST',
        url,
        payload: { ...right, password: 'wrong' },
        headers: { 'x-forwarded-for': address },
      })
    const statuses: number[] = []
    for (let count = 0; count < 5; count += 1) statuses.push((await tryFrom('192.0.2.1')).statusCode)
    expect(statuses).toEqual([401, 401, 401, 429, 429])
    const refused = await tryFrom('192.0.2.1')
    expect(refused.json()).toMatchObject({
      code: 'too-many-tries',
      remedy: expect.stringContaining('seconds'),
    })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await tryFrom('192.0.2.2')).statusCode).toBe(401)
  })

  it('does not believe a forwarded address without a proxy', async () => {
    await using api = await openTestApi({}, { signInTriesPerMinute: 1 })
    const from = (address: string) => ({
      method: 'POST' as const,
      url,
      payload: { ...right, password: 'wrong' },
      headers: { 'x-forwarded-for': address },
    })
    await api.app.inject(from('192.0.2.1'))
    expect((await api.app.inject(from('192.0.2.2'))).statusCode).toBe(429)
  })

  it('opens no other action of the library', async () => {
    await using api = await openTestApi()
    for (const action of [
      'sign-up/email',
      'get-session',
      'organization/create',
      'update-user',
      'reset-password',
    ]) {
      const answer = await api.app.inject({ method: 'POST', url: `/api/auth/${action}`, payload: {} })
      expect(answer.statusCode).toBe(404)
    }
  })
})

describe('sign-out', () => {
  it('ends the session', async () => {
    await using api = await openTestApi()
    const headers = { cookie: SESSION_COOKIE, 'sec-fetch-site': 'same-origin' }
    expect((await api.app.inject({ url: '/api/v1/session', headers })).statusCode).toBe(200)
    const out = await api.app.inject({ method: 'POST', url: '/api/auth/sign-out', headers })
    expect(out.statusCode).toBe(200)
    expect((await api.app.inject({ url: '/api/v1/session', headers })).statusCode).toBe(401)
    expect(api.calls.map((call) => call.args[1])).toMatchObject([{ action: 'session.ended' }])
  })
})

describe('a changed password', () => {
  it('needs a session', async () => {
    await using api = await openTestApi()
    const payload = { currentPassword: 'right', newPassword: 'a longer one' }
    const change = { method: 'POST', url: '/api/auth/change-password', payload } as const
    expect((await api.app.inject(change)).statusCode).toBe(401)
    const headers = { cookie: SESSION_COOKIE, 'sec-fetch-site': 'same-origin' }
    expect((await api.app.inject({ ...change, headers })).statusCode).toBe(200)
  })
})
