import { describe, expect, it } from 'vitest'
import { LARGEST_UPLOAD } from '../contract/index.ts'
import { AppError, type ErrorKind } from '../core/index.ts'
import { ADMIN_TOKEN, openTestApi } from '../test-support/api/index.ts'

const headers = { authorization: ADMIN_TOKEN }

async function failing(error: Error) {
  await using api = await openTestApi({ 'discovery.listImages': error })
  const answer = await api.app.inject({ url: '/api/v1/images', headers })
  return { answer, body: answer.json() as Record<string, unknown>, errors: [...api.errors] }
}

describe('problem details', () => {
  const kinds: [ErrorKind, number][] = [
    ['auth', 422],
    ['denied', 403],
    ['not-found', 404],
    ['rate-limited', 429],
    ['temporary', 503],
    ['invalid', 400],
    ['unsupported', 422],
    ['conflict', 409],
    ['cancelled', 503],
    ['bug', 500],
  ]
  it.each(kinds)('of kind %s have status %i', async (kind, status) => {
    const error = new AppError({ code: 'some-thing', kind, publicMessage: 'Why.', remedy: 'Do this.' })
    const { answer, body } = await failing(error)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(body).toEqual({
      type: 'urn:portolan:problem:some-thing',
      title: expect.any(String),
      status,
      detail: 'Why.',
      code: 'some-thing',
      remedy: 'Do this.',
    })
  })

  it('name the fields of the input that are wrong', async () => {
    const fields = { url: 'is not a URL' }
    const { body } = await failing(
      new AppError({ code: 'settings-invalid', kind: 'invalid', publicMessage: 'No.', fields }),
    )
    expect(body['fields']).toEqual(fields)
  })

  it('say when to try again', async () => {
    const retryAt = Date.now() + 90_000
    const { answer } = await failing(
      new AppError({ code: 'slow-down', kind: 'rate-limited', publicMessage: 'Later.', retryAt }),
    )
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(80)
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(90)
  })

  it('keep unknown errors to themselves, and log them once with the id that the client has', async () => {
    const { answer, body, errors } = await failing(new Error('password=hunter2'))
    expect(body).toMatchObject({ status: 500, code: 'internal' })
    expect(answer.body).not.toContain('hunter2')
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({
      message: 'request failed',
      fields: { requestId: answer.headers['x-request-id'], method: 'GET', route: '/api/v1/images' },
    })
  })

  it('say which part of a request does not fit', async () => {
    await using api = await openTestApi()
    const bad = await api.app.inject({ url: '/api/v1/images?limit=0&digest=sha256:x', headers })
    expect(bad.json()).toMatchObject({
      status: 400,
      code: 'request-invalid',
      fields: { limit: expect.any(String), digest: expect.any(String) },
    })
    const post = { method: 'POST', url: '/api/v1/registry-connections', headers } as const
    const empty = await api.app.inject({ ...post, payload: { name: ' ', platform: 'oci' } })
    expect(Object.keys(empty.json().fields)).toEqual(['name', 'settings'])
  })

  it('of a body that is too large say what the route takes', async () => {
    await using api = await openTestApi()
    const send = async (url: string, bytes: number): Promise<unknown> => {
      const length = { 'content-type': 'application/json', 'content-length': String(bytes) }
      const post = { method: 'POST', url, headers: { ...headers, ...length } } as const
      return (await api.app.inject({ ...post, payload: '{}' })).json()
    }
    expect(await send('/api/v1/registry-connections', 300_000)).toMatchObject({
      code: 'body-too-large',
      remedy: 'Send at most 256 KiB.',
    })
    expect(await send('/api/v1/documents', 100 * 1024 ** 2)).toMatchObject({
      code: 'body-too-large',
      remedy: `Send at most ${(2 * LARGEST_UPLOAD) / 1024 ** 2} MiB.`,
    })
  })

  it.each([
    '/images/99999999999/sbom',
    '/images/0/sbom',
    '/images?repository=2147483648',
    '/documents?image=99999999999',
    '/findings?repository=99999999999',
  ])('are given for a number that no row has: %s', async (url) => {
    await using api = await openTestApi()
    const answer = await api.app.inject({ url: `/api/v1${url}`, headers })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'request-invalid' })
  })

  it('are given for what never reached a handler', async () => {
    await using api = await openTestApi()
    const post = { method: 'POST', url: '/api/v1/registry-connections' } as const
    const json = { ...headers, 'content-type': 'application/json' }
    const cases = [
      { answer: await api.app.inject({ ...post, headers: json, payload: '{' }), status: 400 },
      {
        answer: await api.app.inject({ ...post, headers: json, payload: `"${'a'.repeat(300_000)}"` }),
        status: 413,
      },
      {
        answer: await api.app.inject({
          ...post,
          headers: { ...headers, 'content-type': 'text/plain' },
          payload: 'x',
        }),
        status: 415,
      },
      { answer: await api.app.inject({ url: '/api/v1/nothing', headers }), status: 404 },
      { answer: await api.app.inject({ method: 'DELETE', url: '/api/v1/images', headers }), status: 404 },
    ]
    for (const { answer, status } of cases) {
      expect(answer.statusCode).toBe(status)
      expect(answer.json()).toMatchObject({ status, code: expect.any(String), remedy: expect.any(String) })
    }
  })
})
