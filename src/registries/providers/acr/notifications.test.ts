import { describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../../core/index.ts'
import { testHttp } from '../../../test-support/http.ts'
import { failureOf } from '../../../test-support/registry-client.ts'
import { notifications } from './notifications.ts'

const secret = new Secret('s3cret-of-the-connection')

const read = (body: unknown, headers: Record<string, string> = { 'x-portolan-secret': secret.reveal() }) =>
  notifications.read(
    {
      headers,
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      secret,
      address: 'https://portolan.example/x',
      settings: {},
    },
    { http: () => testHttp(), clock: systemClock },
  )

/** As https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference shows it. */
const event = (action: string, target?: object) => ({
  id: 'cb8c3971-9adc-488b-xxxx-43cbb4974ff5',
  timestamp: '2017-11-17T16:52:01.343145347Z',
  action,
  ...(target ? { target } : {}),
  request: {
    id: '3cbb6949-7549-4fa1-xxxx-a6d5451dffc7',
    host: 'myregistry.azurecr.io',
    method: 'PUT',
    useragent: 'docker/17.09.0-ce',
  },
})
const target = {
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  size: 524,
  digest: `sha256:${'1'.repeat(64)}`,
  length: 524,
  repository: 'team/hello-world',
}

describe('notifications', () => {
  it('read a push, and a deletion, which names no tag', async () => {
    const pushed = await read(event('push', { ...target, tag: 'v1' }))
    expect(pushed).toEqual([{ repository: 'team/hello-world', tag: 'v1', action: 'push' }])
    expect(await read(event('delete', target))).toEqual([
      { repository: 'team/hello-world', tag: null, action: 'delete' },
    ])
  })

  it.each([
    'ping',
    'chart_push',
    'chart_delete',
    'quarantine',
    'whatever',
  ])('have nothing to say of %s', async (action) => {
    expect(await read(event(action, target))).toEqual([])
  })

  it('refuse what does not carry the secret', async () => {
    for (const headers of [{}, { 'x-portolan-secret': 'guess' }, { authorization: secret.reveal() }])
      expect(await failureOf(read(event('push', target), headers))).toMatchObject({
        code: 'notification-refused',
      })
  })

  it.each([
    ['no JSON', '{'],
    ['nothing', 'null'],
    ['no action', {}],
    ['no target', event('push')],
    ['a name that no repository has', event('push', { ...target, repository: '../../etc' })],
  ])('refuse %s', async (_, body) => {
    expect(await failureOf(read(body))).toMatchObject({ code: 'notification-invalid' })
  })

  it('leave out a tag that is none', async () => {
    expect(await read(event('push', { ...target, tag: 'a b' }))).toMatchObject([{ tag: null }])
  })
})
