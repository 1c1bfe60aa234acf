import { describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../../core/index.ts'
import { testHttp } from '../../../test-support/http.ts'
import { failureOf } from '../../../test-support/registry-client.ts'
import { notifications } from './notifications.ts'

const push = {
  action: 'push',
  target: { mediaType: 'application/vnd.oci.image.manifest.v1+json', repository: 'acme/api', tag: '1.4' },
}

function read(body: unknown, authorization: string | undefined = 'Bearer s3cret-of-this-connection') {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const incoming = {
    headers: { authorization },
    body: Buffer.from(text),
    secret: new Secret('s3cret-of-this-connection'),
    address: 'https://portolan.example/n/x',
    settings: {},
  }
  return notifications.read(incoming, { http: testHttp, clock: systemClock })
}

describe('events of a self-hosted registry', () => {
  it('are read with their secret, and a replay gives the same', async () => {
    const wanted = [{ repository: 'acme/api', tag: '1.4', action: 'push' }]
    expect(await read({ events: [push, push, { action: 'pull', target: push.target }] })).toEqual(wanted)
    expect(await read({ events: [push] })).toEqual(wanted)
  })

  it('are refused without it, before they are read', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer guessed', 'Basic czNjcmV0']) {
      expect(await failureOf(read('{{{', authorization))).toMatchObject({ code: 'notification-refused' })
    }
  })

  it('are refused when they cannot be read', async () => {
    for (const body of ['{{{', 'null', '[]', '{}', '{"events":7}']) {
      expect(await failureOf(read(body))).toMatchObject({ code: 'notification-invalid' })
    }
    expect(
      await read({ events: [null, 7, { action: 'push', target: { repository: '../x', tag: '1' } }] }),
    ).toEqual([])
  })
})
