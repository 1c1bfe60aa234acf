import { rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sampleCredentials } from '../../src/demo/sample-registry.ts'
import { type Answer, connectionTo, openWorld, type World } from './api-world.ts'
import { places, postgresMissing } from './places.ts'

describe.each(Object.entries(places))('the API on %s', (name, place) => {
  if (name === 'PostgreSQL' && postgresMissing) {
    it.skip('needs PostgreSQL, which is not installed', () => {})
    return
  }
  let world: World
  let dataDir: string
  let id: string
  const answers: string[] = []

  const call = async (
    ...[method, path, body]: [Parameters<World['call']>[1], string, unknown?]
  ): Promise<Answer> => {
    const answer = await world.call('one', method, path, body)
    answers.push(JSON.stringify(answer.body ?? ''))
    return answer
  }
  const connection = () => call('GET', `/registry-connections/${id}`)

  beforeAll(async () => {
    const where = await place()
    dataDir = where.dataDir
    world = await openWorld(where, { PORTOLAN_EGRESS_ADDRESSES: '192.0.2.7' })
  }, 120_000)
  afterAll(async () => {
    await world.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('describes the platforms well enough to draw their forms', async () => {
    const { body } = await call('GET', '/registry-platforms')
    const oci = body.items.find((platform: { id: string }) => platform.id === 'oci')
    expect(oci).toMatchObject({ fields: expect.any(Array), permissions: expect.any(Array) })
    const field = (name: string) => oci.fields.find((each: { name: string }) => each.name === name)
    expect(field('password').secret).toBe(true)
    expect(field('proxyUrl')).toMatchObject({
      group: 'transport',
      help: expect.stringContaining('PORTOLAN_ALLOW_CONNECTION_PROXIES'),
    })
    expect(body.egressAddresses).toEqual(['192.0.2.7'])
  })

  it('refuses what the operator has not allowed, naming the setting at the field', async () => {
    const form = connectionTo(world.registry, 'Refused')
    const settings = form['settings'] as Record<string, unknown>
    const url = String(settings['url']).replace('127.0.0.1', 'localhost')
    const plain = await call('POST', '/registry-connections', { ...form, settings: { ...settings, url } })
    expect(plain.body).toMatchObject({
      code: 'insecure-not-allowed',
      fields: { allowPlainHttp: expect.stringContaining('PORTOLAN_ALLOW_INSECURE_REGISTRIES') },
    })
    const proxied = { ...settings, proxyUrl: 'http://127.0.0.1:3128' }
    const proxy = await call('POST', '/registry-connections/check', { platform: 'oci', settings: proxied })
    expect(proxy.body).toMatchObject({
      code: 'proxy-not-allowed',
      fields: { proxyUrl: expect.stringContaining('PORTOLAN_ALLOW_CONNECTION_PROXIES') },
    })
    expect([plain.status, proxy.status]).toEqual([403, 403])
  })

  it('refuses settings that do not fit, field by field', async () => {
    const wrong = await call('POST', '/registry-connections', { name: 'X', platform: 'oci', settings: {} })
    expect(wrong).toMatchObject({
      status: 400,
      body: { code: 'settings-invalid', fields: { url: expect.any(String) } },
    })
    const unknown = await call('POST', '/registry-connections', { name: 'X', platform: 'nope', settings: {} })
    expect(unknown).toMatchObject({ status: 400, body: { code: 'platform-unknown' } })
    expect((await call('GET', '/registry-connections')).body.items).toEqual([])
  })

  it('keeps a connection whose sign-in is refused, and says why', async () => {
    const form = connectionTo(world.registry, 'Harbour')
    const settings = { ...(form['settings'] as object), password: 'wrong-password-1' }
    const { status, body } = await call('POST', '/registry-connections', { ...form, settings })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      status: 'Error',
      statusReason: { message: expect.any(String), remedy: expect.any(String) },
      secretFields: ['password'],
      version: expect.any(Number),
    })
    id = body.id
    const taken = await call('POST', '/registry-connections', form)
    expect(taken).toMatchObject({ status: 409, body: { code: 'connection-name-taken' } })
  })

  it('takes an edit of the version that was read, and no other', async () => {
    const { version } = (await connection()).body
    const settings = connectionTo(world.registry, '')['settings']
    const edited = await call('PATCH', `/registry-connections/${id}`, { version, settings })
    expect(edited).toMatchObject({ status: 200, body: { statusReason: null } })
    const late = await call('PATCH', `/registry-connections/${id}`, { version, name: 'Late' })
    expect(late).toMatchObject({ status: 409, body: { code: 'connection-changed' } })
  })

  it('checks a connection step by step', async () => {
    const { body } = await call('POST', `/registry-connections/${id}/check`)
    expect(body.ok).toBe(true)
    expect(body.steps.map((step: { id: string }) => step.id)).toEqual([
      'network',
      'tls',
      'sign-in',
      'list',
      'pull',
    ])
  })

  it('discovers and scans by itself once a connection works', async () => {
    await vi.waitFor(
      async () => {
        const { status, counts } = (await connection()).body
        expect(status).toBe('Connected')
        expect(counts.completed).toBeGreaterThan(5)
        expect(counts.pending + counts.scanning).toBe(0)
      },
      { timeout: 200_000, interval: 200 },
    )
    const again = await call('POST', `/registry-connections/${id}/scan`)
    expect(again.status).toBe(202)
  })

  it.each([
    '/images?kind=all',
    '/repositories?',
    '/findings?',
    '/scans?',
    '/audit-events?',
  ])('pages %s without losing or doubling a row', async (path) => {
    const whole = (await call('GET', `${path}&limit=200`)).body.items.map((row: { id: unknown }) => row.id)
    expect(whole.length).toBeGreaterThan(3)
    const paged: unknown[] = []
    for (let cursor: string | null = '', limit = Math.ceil(whole.length / 3); cursor !== null; ) {
      const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const { status, body } = await call('GET', `${path}&limit=${limit}${query}`)
      expect(status).toBe(200)
      paged.push(...body.items.map((row: { id: unknown }) => row.id))
      cursor = body.nextCursor
    }
    // Events of the paging itself are none: reading is not noted.
    expect(paged).toEqual(whole)
  })

  it.each([
    'images',
    'repositories',
    'findings',
    'scans',
    'audit-events',
    'registry-connections',
  ])('refuses a cursor of /%s that it did not give out', async (list) => {
    for (const cursor of ['x', 'W10', 'WzEsMl0', 'eyJhIjoxfQ', '%00', 'a'.repeat(500)]) {
      const answer = await call('GET', `/${list}?cursor=${cursor}`)
      expect(answer).toMatchObject({ status: 400, body: { code: expect.stringMatching(/cursor|request/) } })
    }
    expect((await call('GET', `/${list}?cursor=${'a'.repeat(501)}`)).status).toBe(400)
  })

  it('shows a finding with what there is to know', async () => {
    const { body: page } = await call('GET', '/findings?severity=CRITICAL&fix=yes&limit=1')
    const { body } = await call('GET', `/findings/${encodeURIComponent(page.items[0].id)}`)
    expect(body).toMatchObject({ severity: 'CRITICAL', fixedVersion: expect.stringMatching(/./) })
    expect(body.occurrences.length).toBeGreaterThan(0)
    expect(body.occurrences[0].layer).toMatchObject({ digest: expect.stringMatching(/^sha256:/) })
    const summary = (await call('GET', '/findings/summary')).body
    expect(summary.counts.CRITICAL).toBeGreaterThan(0)
    expect(summary.asOf).toEqual(expect.any(String))
  })

  it('says which vulnerability data is in use, and looks for newer on demand', async () => {
    const { body } = await call('GET', '/vulnerability-database')
    expect(body).toMatchObject({
      digest: expect.stringMatching(/^sha256:/),
      stale: false,
      lastCheck: { error: null },
    })
    expect((await call('POST', '/vulnerability-database/update')).status).toBe(202)
  })

  it('tells pages of changes as they happen, over a real connection', async () => {
    const { api, firstUser } = world.container
    await api.listen({ port: 0, host: '127.0.0.1' })
    const origin = `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`
    const post = (path: string, body: unknown, cookie = '') =>
      fetch(`${origin}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin, ...(cookie === '' ? {} : { cookie }) },
        body: JSON.stringify(body),
      })
    const signedIn = await post('/api/auth/sign-in/email', {
      email: firstUser?.email,
      password: firstUser?.password.reveal(),
    })
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const stream = await fetch(`${origin}/api/v1/events`, { headers: { cookie } })
    expect((await post(`/api/v1/registry-connections/${id}/check`, {}, cookie)).status).toBe(200)
    let seen = ''
    for await (const chunk of stream.body ?? []) {
      seen += Buffer.from(chunk).toString()
      if (seen.includes('connection.changed')) break
    }
    expect(seen).toContain(`data: {"type":"connection.changed","connectionId":"${id}"}`)
  })

  it('has noted every change with who made it', async () => {
    const { items } = (await call('GET', '/audit-events?limit=200')).body
    const actions = items.map((event: { action: string }) => event.action)
    for (const action of [
      'connection.created',
      'connection.edited',
      'connection.checked',
      'scan.requested',
      'session.started',
      'database.update-requested',
    ]) {
      expect(actions).toContain(action)
    }
    expect(items.at(-1)).toMatchObject({
      action: 'connection.created',
      actor: { kind: 'token', id: 'bootstrap' },
      target: { kind: 'registry-connection', id },
      detail: { name: 'Harbour', platform: 'oci', insecure: true },
    })
  })

  it('has never given a secret back', () => {
    const all = answers.join('\n')
    for (const secret of ['wrong-password-1', sampleCredentials.password]) expect(all).not.toContain(secret)
  })

  it('forgets a connection and its credentials when it is deleted, and keeps what was found', async () => {
    const before = (await call('GET', '/findings?limit=1')).body.total
    expect((await call('DELETE', `/registry-connections/${id}`)).status).toBe(204)
    expect((await connection()).status).toBe(404)
    expect((await call('GET', '/findings?limit=1')).body.total).toBe(before)
  })
})
