import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../../core/index.ts'
import { testHttp } from '../../../test-support/http.ts'
import { failureOf } from '../../../test-support/registry-client.ts'
import { notifications } from './notifications.ts'

const secret = new Secret('portolan-hook-secret')
const digest = `sha256:${'a'.repeat(64)}`

const event = (change: Record<string, unknown> = {}, version: Record<string, unknown> | null = {}) => ({
  action: 'published',
  registry_package: {
    id: 1,
    name: 'api',
    namespace: 'Acme',
    package_type: 'CONTAINER',
    package_version: version && {
      version: digest,
      container_metadata: { tag: { name: '1.4', digest } },
      package_url: 'ghcr.io/acme/api:1.4',
      ...version,
    },
    ...change,
  },
})

interface Delivery {
  readonly body?: string
  readonly headers?: Record<string, string | undefined>
}

function read(payload: unknown, { body = JSON.stringify(payload), headers = {} }: Delivery = {}) {
  const signature = `sha256=${createHmac('sha256', secret.reveal()).update(body).digest('hex')}`
  const incoming = {
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'registry_package',
      'x-hub-signature-256': signature,
      ...headers,
    },
    body: Buffer.from(body),
    secret,
    address: 'https://portolan.example/n/x',
    settings: { owner: 'acme' },
  }
  return notifications.read(incoming, { http: testHttp, clock: systemClock })
}

const pushed = [{ repository: 'acme/api', tag: '1.4', action: 'push' }]

describe('events of GitHub', () => {
  it('reads both kinds of event, and a replay gives the same', async () => {
    expect(await read(event())).toEqual(pushed)
    expect(await read(event())).toEqual(pushed)
    const { action, registry_package } = event({ package_type: 'container' })
    const newer = { action, package: registry_package }
    expect(await read(newer, { headers: { 'x-github-event': 'package' } })).toEqual(pushed)
  })

  it('reads a form, as GitHub sends it by default', async () => {
    const body = new URLSearchParams({ payload: JSON.stringify(event()) }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(await read(undefined, { body, headers })).toEqual(pushed)
  })

  it('reads pushes without a tag, and null where GitHub knows nothing', async () => {
    const untagged = [{ repository: 'acme/api', tag: null, action: 'push' }]
    expect(await read(event({}, { container_metadata: null, package_url: 'ghcr.io/acme/api:' }))).toEqual(
      untagged,
    )
    expect(await read(event({}, { container_metadata: { tag: null }, package_url: undefined }))).toEqual(
      untagged,
    )
    expect(await read(event({}, null))).toEqual(untagged)
  })

  it('knows nested names', async () => {
    const nested = { container_metadata: null, package_url: 'ghcr.io/acme/team/api:2' }
    expect(await read(event({}, nested))).toEqual([{ repository: 'acme/team/api', tag: '2', action: 'push' }])
  })

  it('passes over what concerns no image of this connection', async () => {
    expect(
      await read({ zen: 'Keep it logically awesome.' }, { headers: { 'x-github-event': 'ping' } }),
    ).toEqual([])
    expect(await read(event({ package_type: 'npm' }))).toEqual([])
    expect(await read({ ...event(), action: 'deleted' })).toEqual([])
    const foreign = { package_url: 'ghcr.io/acme2/api:1' }
    expect(await read(event({}, foreign))).toEqual([])
  })

  it('refuses what GitHub did not sign', async () => {
    const forged = `sha256=${createHmac('sha256', 'guessed').update(JSON.stringify(event())).digest('hex')}`
    for (const signature of [undefined, '', 'sha256=', forged, 'sha1=00', `sha256=${'é'.repeat(32)}`]) {
      const headers = { 'x-hub-signature-256': signature }
      expect(await failureOf(read(event(), { headers }))).toMatchObject({ code: 'notification-refused' })
    }
  })

  it('checks the signature before it reads anything, over the bytes as they came', async () => {
    const headers = { 'x-hub-signature-256': 'sha256=0' }
    expect(await failureOf(read(undefined, { body: '{{{', headers }))).toMatchObject({
      code: 'notification-refused',
    })
    expect(await read(undefined, { body: `  ${JSON.stringify(event(), null, 4)}\r\n` })).toEqual(pushed)
  })

  it('refuses what cannot be read', async () => {
    for (const body of ['{{{', '{"registry_package":', '\u0000']) {
      expect(await failureOf(read(undefined, { body }))).toMatchObject({ code: 'notification-invalid' })
    }
    for (const body of ['null', '[]', '"x"', '7', '{"action":7,"registry_package":[]}']) {
      expect(await read(undefined, { body })).toEqual([])
    }
    const evil = { package_url: 'ghcr.io/acme/../../etc:1', container_metadata: null }
    expect(await failureOf(read(event({}, evil)))).toMatchObject({ code: 'notification-invalid' })
  })
})
