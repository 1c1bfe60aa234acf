import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { ADMIN_TOKEN, openTestApi, SESSION_COOKIE } from '../../test-support/api/index.ts'

type Headers = Record<string, string>

async function open(app: FastifyInstance, headers: Headers): Promise<IncomingMessage> {
  const { port } = app.server.address() as AddressInfo
  const outgoing = request({ host: '127.0.0.1', port, path: '/api/v1/events', headers }).end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return response.setEncoding('utf8')
}

/** Reads until the stream has said `text`. */
async function until(stream: IncomingMessage, text: string): Promise<string> {
  let seen = ''
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    seen += String(chunk)
    if (seen.includes(text)) break
  }
  return seen
}

describe('live events', () => {
  it('reach the organisation that they concern, and no other', async () => {
    await using api = await openTestApi()
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const stream = await open(api.app, { authorization: ADMIN_TOKEN })
    expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(stream.headers['x-content-type-options']).toBe('nosniff')
    api.events.publish('org-2', { type: 'images.changed', connectionId: 'theirs' })
    api.events.publish('org-1', { type: 'images.changed', connectionId: 'ours' })
    api.events.publish(null, { type: 'database.changed' })
    const seen = await until(stream, 'database.changed"}\n\n')
    expect(seen).toContain('event: images.changed\ndata: {"type":"images.changed","connectionId":"ours"}\n\n')
    expect(seen).not.toContain('theirs')
  })

  it('tell the same thing once in a while, not a hundred times', async () => {
    await using api = await openTestApi()
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const stream = await open(api.app, { authorization: ADMIN_TOKEN })
    for (let count = 0; count < 100; count += 1) api.events.publish('org-1', { type: 'findings.changed' })
    api.events.publish('org-1', { type: 'database.changed' })
    const seen = await until(stream, 'database.changed"}\n\n')
    expect(seen.match(/event: findings.changed/g)).toHaveLength(1)
  })

  it('beat while nothing happens', async () => {
    await using api = await openTestApi({}, { heartbeatMs: 5 })
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    expect(await until(await open(api.app, { authorization: ADMIN_TOKEN }), ': still here\n\n')).toContain(
      'retry:',
    )
  })

  it('end with the session, at once', async () => {
    await using api = await openTestApi({}, { heartbeatMs: 3_600_000 })
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const stream = await open(api.app, { cookie: SESSION_COOKIE })
    const ended = once(stream.resume(), 'end')
    const headers = { cookie: SESSION_COOKIE, 'sec-fetch-site': 'same-origin' }
    await api.app.inject({ method: 'POST', url: '/api/auth/sign-out', headers })
    await ended
  })

  it('end when the session has ended elsewhere', async () => {
    await using api = await openTestApi({}, { heartbeatMs: 5 })
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const stream = await open(api.app, { cookie: SESSION_COOKIE })
    const ended = once(stream.resume(), 'end')
    await api.access.signIn({
      action: 'sign-out',
      body: {},
      cookie: SESSION_COOKIE,
      userAgent: undefined,
      address: '',
    })
    await ended
  })

  it('end when the server stops, which does not wait for them', async () => {
    await using api = await openTestApi()
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const stream = await open(api.app, { authorization: ADMIN_TOKEN })
    const ended = once(stream.resume(), 'end')
    await api.app.close()
    await ended
  })

  it('and connections that never ask for anything do not keep the server from stopping', async () => {
    await using api = await openTestApi()
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = api.app.server.address() as AddressInfo
    const silent = connect(port, '127.0.0.1')
    await once(silent, 'connect')
    const ended = once(silent.resume(), 'close')
    await api.app.close()
    await ended
  })

  it('are bounded for each user, and counted down again', async () => {
    await using api = await openTestApi()
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => open(api.app, { authorization: ADMIN_TOKEN })),
    )
    const refused = await open(api.app, { authorization: ADMIN_TOKEN })
    expect(refused.statusCode).toBe(429)
    expect(await until(refused, '}')).toContain('too-many-streams')
    for (const stream of streams) stream.destroy()
    await expect.poll(async () => (await open(api.app, { authorization: ADMIN_TOKEN })).statusCode).toBe(200)
  })

  it('are for known callers', async () => {
    await using api = await openTestApi()
    expect((await api.app.inject({ url: '/api/v1/events' })).statusCode).toBe(401)
  })
})
