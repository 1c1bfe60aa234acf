import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../../core/index.ts'
import { testHttp } from '../../../test-support/http.ts'
import { failureOf } from '../../../test-support/registry-client.ts'
import { notifications } from './notifications.ts'

const secret = new Secret('s3cret-of-the-connection')
const header = 'x-jfrog-event-auth'

function read(
  body: unknown,
  proof: (bytes: Buffer) => string | undefined = () => secret.reveal(),
  settings = {},
) {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return notifications.read(
    {
      headers: { [header]: proof(bytes) },
      body: bytes,
      secret,
      address: 'https://portolan.example/x',
      settings: { repository: 'docker-prod', ...settings },
    },
    { http: () => testHttp(), clock: systemClock },
  )
}

const data = {
  repo_key: 'docker-local',
  event_type: 'pushed',
  path: 'library/ubuntu/latest/list.manifest.json',
  name: 'list.manifest.json',
  sha256: '35c4a2c15539c6c1e4e5fa4e554dac323ad0107d8eb5c582d6ff386b383b7dce',
  size: 1206,
  image_name: 'library/ubuntu',
  tag: 'latest',
  platforms: [{ architecture: 'amd64', os: 'linux' }],
}
const event = (event_type: string, changed: object = {}) => ({
  domain: 'docker',
  event_type,
  data: { ...data, ...changed },
  subscription_key: 'portolan',
  jpd_origin: 'https://artifactory.acme.example',
  source: 'jfrog/ann',
})
const push = { repository: 'docker-prod/library/ubuntu', tag: 'latest', action: 'push' }

describe('notifications', () => {
  it('are proved by the secret itself, or by a signature of the body', async () => {
    expect(await read(event('pushed'))).toEqual([push])
    const signed = (bytes: Buffer) => createHmac('sha256', secret.reveal()).update(bytes).digest('hex')
    expect(await read(event('pushed'), signed)).toEqual([push])
    expect(await read(event('pushed'), (bytes) => signed(bytes).toUpperCase())).toEqual([push])
  })

  it.each<[string, (bytes: Buffer) => string | undefined]>([
    ['nothing', () => undefined],
    ['another secret', () => 'guess'],
    ['a signature with another secret', (bytes) => createHmac('sha256', 'guess').update(bytes).digest('hex')],
    ['a signature of another body', () => createHmac('sha256', secret.reveal()).update('{}').digest('hex')],
  ])('are refused with %s', async (_, proof) => {
    expect(await failureOf(read(event('pushed'), proof))).toMatchObject({ code: 'notification-refused' })
  })

  it('name images as they are pulled', async () => {
    for (const dockerAccess of ['subdomain', 'port'])
      expect(await read(event('pushed'), undefined, { dockerAccess })).toEqual([
        { ...push, repository: 'library/ubuntu' },
      ])
  })

  it('read promotions and deletions, and the form of older versions', async () => {
    expect(await read(event('promoted'))).toEqual([push])
    expect(await read(event('deleted'))).toEqual([{ ...push, action: 'delete' }])
    expect(await read(data)).toEqual([push])
  })

  it('have nothing to say of images by digest, other domains and other events', async () => {
    expect(await read(event('pushed', { tag: `sha256__${'a'.repeat(64)}` }))).toEqual([])
    expect(await read(event('pushed', { tag: `sha256:${'a'.repeat(64)}` }))).toEqual([])
    expect(await read({ domain: 'artifact', event_type: 'deployed', data: {} })).toEqual([])
    expect(await read(event('renamed'))).toEqual([])
  })

  it.each([
    ['no JSON', '{'],
    ['nothing', 'null'],
    ['no event', {}],
    ['no image', { domain: 'docker', event_type: 'pushed', data: {} }],
    ['a name that no image has', event('pushed', { image_name: '../etc' })],
  ])('are refused with %s', async (_, body) => {
    expect(await failureOf(read(body))).toMatchObject({ code: 'notification-invalid' })
  })
})
