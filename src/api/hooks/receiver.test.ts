import { describe, expect, it } from 'vitest'
import { AppError } from '../../core/index.ts'
import type { ArrivedEvent } from '../../hooks/index.ts'
import { openTestApi } from '../../test-support/api/index.ts'

const url = '/hooks/registries/token-of-a-connection'

async function post(payload: string | Buffer, headers: Record<string, string> = {}, answer: unknown = null) {
  await using api = await openTestApi({ 'hooks.receive': answer })
  const reply = await api.app.inject({ method: 'POST', url, headers, payload })
  const event = api.calls.find(({ method }) => method === 'receive')?.args[0]
  return { reply, event: event as ArrivedEvent | undefined }
}

describe('the address for push notifications', () => {
  it('takes an event from anybody, as bytes, whatever it is called', async () => {
    const bytes = Buffer.from('{"a": "\u00e4"}  ')
    for (const type of [
      'application/json',
      'application/vnd.docker.distribution.events.v2+json',
      'text/plain',
    ]) {
      const { reply, event } = await post(bytes, { 'content-type': type, 'X-Hub-Signature-256': 'sha256=00' })
      expect(reply.statusCode).toBe(202)
      expect(reply.body).toBe('')
      expect(event?.token).toBe('token-of-a-connection')
      expect(Buffer.from(event?.body ?? []).equals(bytes)).toBe(true)
      expect(event?.headers).toMatchObject({ 'x-hub-signature-256': 'sha256=00' })
      expect(event?.origin).toMatch(/^http:\/\/localhost/)
    }
    expect((await post('')).reply.statusCode).toBe(202)
  })

  it('answers as what became of it', async () => {
    const refusal = new AppError({ code: 'notification-refused', kind: 'auth', publicMessage: 'No.' })
    const { reply } = await post('{}', { 'content-type': 'application/json' }, refusal)
    expect(reply.statusCode).toBe(401)
    expect(reply.json()).toMatchObject({ code: 'notification-refused' })
  })

  it('takes nothing that is larger than a mebibyte', async () => {
    const { reply, event } = await post(Buffer.alloc((1 << 20) + 1), { 'content-type': 'application/json' })
    expect(reply.statusCode).toBe(413)
    expect(event).toBeUndefined()
  })

  it('turns a flood away before it is read', async () => {
    await using api = await openTestApi({ 'hooks.receive': null })
    const send = () => api.app.inject({ method: 'POST', url, payload: '{}' })
    for (let sent = 0; sent < 1_200; sent += 1) expect((await send()).statusCode).toBe(202)
    const turnedAway = await send()
    expect(turnedAway.statusCode).toBe(429)
    expect(turnedAway.json()).toMatchObject({ code: 'too-many-notifications' })
    expect(turnedAway.headers['retry-after']).toBeDefined()
    expect(api.calls).toHaveLength(1_200)
  })

  it('is no way to read anything', async () => {
    await using api = await openTestApi({})
    const answer = await api.app.inject({ method: 'GET', url })
    expect(answer.statusCode).toBe(404)
    expect(api.calls).toEqual([])
  })
})
