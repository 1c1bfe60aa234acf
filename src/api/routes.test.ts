import { describe, expect, it } from 'vitest'
import { type Route, routes } from '../contract/index.ts'
import { AppError } from '../core/index.ts'
import { ADMIN_TOKEN, MEMBER_TOKEN, openTestApi, SESSION_COOKIE } from '../test-support/api/index.ts'
import { createHandlers } from './handlers.ts'
import { fakeServices } from '../test-support/api/index.ts'

const table = Object.entries<Route>(routes)
const uuid = '019aa8a4-0000-7000-8000-000000000001'

function urlOf(route: Route): string {
  const id = route.path.startsWith('/registry-connections') ? uuid : '7'
  return `/api/v1${route.path.replace(':id', id)}`
}

describe('the table of routes', () => {
  it('has a handler for each route and no other', () => {
    expect(Object.keys(createHandlers(fakeServices({}))).sort()).toEqual(Object.keys(routes).sort())
  })

  it.each(table)('%s has policy, schemas, and an audit action when it changes state', (_name, route) => {
    expect(['member', 'admin']).toContain(route.policy)
    if (route.method === 'GET') expect(route.audit).toBeUndefined()
    else expect(route.audit).toMatch(/^[a-z-]+\.[a-z-]+ed$/)
    if (route.status !== 204) expect(route.response).toBeDefined()
    if (route.path.includes(':')) expect(route.params).toBeDefined()
    if (route.method === 'PATCH') expect(route.body).toBeDefined()
  })

  it('names each method and path once', () => {
    const names = table.map(([, route]) => `${route.method} ${route.path}`)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('every route', () => {
  it.each(table)('%s refuses callers that it does not know', async (_name, route) => {
    await using api = await openTestApi()
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 'Basic YTpi', cookie: SESSION_COOKIE },
      { cookie: 'portolan.session_token=bad' },
    ]) {
      const answer = await api.app.inject({ method: route.method, url: urlOf(route), headers })
      expect(answer.statusCode).toBe(401)
      expect(answer.json()).toMatchObject({ code: 'not-signed-in', status: 401 })
    }
    expect(api.calls).toEqual([])
  })

  it.each(
    table.filter(([, route]) => route.policy === 'admin'),
  )('%s refuses members', async (_name, route) => {
    await using api = await openTestApi()
    const headers = { authorization: MEMBER_TOKEN }
    const answer = await api.app.inject({ method: route.method, url: urlOf(route), headers })
    expect(answer.json()).toMatchObject({ code: 'admin-only', status: 403 })
    expect(api.calls).toEqual([])
  })

  it.each(
    table.filter(([, route]) => route.method !== 'GET'),
  )('%s refuses a change by cookie from another site', async (_name, route) => {
    await using api = await openTestApi()
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:80' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await api.app.inject({
        method: route.method,
        url: urlOf(route),
        headers: { cookie: SESSION_COOKIE, ...headers },
      })
      expect(answer.json()).toMatchObject({ code: 'cross-origin', status: 403 })
    }
    expect(api.calls).toEqual([])
  })
})

const started = { accepted: true, queued: 3, message: 'Three images wait.' }
const admin = { authorization: ADMIN_TOKEN }

describe('a change', () => {
  it('is noted in the audit log with who, what and from where', async () => {
    await using api = await openTestApi({ 'scans.requestConnection': started, 'connections.get': {} })
    const url = `/api/v1/registry-connections/${uuid}/scan`
    const answer = await api.app.inject({ method: 'POST', url, headers: admin })
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toEqual(started)
    expect(api.calls).toEqual([
      { service: 'connections', method: 'get', args: ['org-1', uuid] },
      { service: 'scans', method: 'requestConnection', args: ['org-1', uuid] },
      {
        service: 'audit',
        method: 'append',
        args: [
          'org-1',
          {
            actor: { kind: 'token', id: 'token-admin', name: 'admin' },
            action: 'scan.requested',
            target: { kind: 'registry-connection', id: uuid },
            detail: { queued: 3 },
            address: '127.0.0.1',
          },
        ],
      },
    ])
  })

  it('by cookie passes from an own page, by Fetch Metadata or by Origin', async () => {
    await using api = await openTestApi(
      { 'scans.requestConnection': started, 'connections.get': {} },
      { baseUrl: 'https://p.example/x' },
    )
    const url = `/api/v1/registry-connections/${uuid}/scan`
    for (const headers of [
      { 'sec-fetch-site': 'same-origin' },
      { origin: 'http://localhost:80', host: 'localhost:80' },
      { origin: 'https://p.example' },
    ]) {
      const answer = await api.app.inject({
        method: 'POST',
        url,
        headers: { cookie: SESSION_COOKIE, ...headers },
      })
      expect(answer.statusCode).toBe(202)
    }
  })

  it('without a body may announce one', async () => {
    await using api = await openTestApi({ 'scans.requestImage': started })
    const headers = { ...admin, 'content-type': 'application/json' }
    const answer = await api.app.inject({ method: 'POST', url: '/api/v1/images/7/scan', headers })
    expect(answer.statusCode).toBe(202)
  })

  it('cannot reach into prototypes', async () => {
    await using api = await openTestApi()
    const answer = await api.app.inject({
      method: 'POST',
      url: '/api/v1/registry-connections',
      headers: { ...admin, 'content-type': 'application/json' },
      payload: '{"name":"a","platform":"oci","settings":{"__proto__":{"admin":true}}}',
    })
    expect(answer.statusCode).toBe(400)
  })

  it('that fails is not noted', async () => {
    const error = new AppError({
      code: 'image-not-found',
      kind: 'not-found',
      publicMessage: 'No such image.',
    })
    await using api = await openTestApi({ 'scans.requestImage': error })
    const answer = await api.app.inject({ method: 'POST', url: '/api/v1/images/7/scan', headers: admin })
    expect(answer.json()).toMatchObject({ status: 404, code: 'image-not-found', detail: 'No such image.' })
    expect(api.calls.map((call) => call.service)).toEqual(['scans'])
  })
})

describe('answers', () => {
  it('hold what the schema lists and nothing else', async () => {
    const row = { id: 1, host: 'r.example', path: 'a', connections: [], images: 1, tags: 2 }
    const page = {
      items: [{ ...row, lastSeenAt: '2026-01-02T03:04:05.000Z', secret: 'no' }],
      nextCursor: null,
      total: '1',
      org_id: 'org-1',
    }
    await using api = await openTestApi({ 'discovery.listRepositories': page })
    const answer = await api.app.inject({ url: '/api/v1/repositories?limit=5&q=a', headers: admin })
    expect(answer.json()).toEqual({
      items: [{ ...row, lastSeenAt: '2026-01-02T03:04:05.000Z' }],
      nextCursor: null,
      total: '1',
    })
    expect(api.calls[0]?.args).toEqual(['org-1', { limit: 5, q: 'a' }])
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  it('that do not fit their schema are our fault, and are not sent', async () => {
    await using api = await openTestApi({ 'discovery.listRepositories': { items: [{ leak: 'x' }] } })
    const answer = await api.app.inject({ url: '/api/v1/repositories', headers: admin })
    expect(answer.json()).toMatchObject({ status: 500, code: 'internal' })
    expect(answer.body).not.toContain('leak')
    expect(api.errors).toHaveLength(1)
  })

  it('without content are empty', async () => {
    const connection = { id: uuid, name: 'a', host: 'r.example' }
    await using api = await openTestApi({ 'connections.get': connection, 'connections.remove': null })
    const url = `/api/v1/registry-connections/${uuid}`
    const answer = await api.app.inject({ method: 'DELETE', url, headers: admin })
    expect([answer.statusCode, answer.body]).toEqual([204, ''])
  })
})
