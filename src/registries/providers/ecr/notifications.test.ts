import { describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../../core/index.ts'
import { testHttp } from '../../../test-support/http.ts'
import { failureOf } from '../../../test-support/registry-client.ts'
import { notifications } from './notifications.ts'

const secret = new Secret('the secret of this connection')
const digest = `sha256:${'7f'.repeat(32)}`

// As the user guide shows it ("Amazon ECR events and EventBridge").
const pushed = {
  version: '0',
  id: '13cde686-328b-6117-af20-0e5566167482',
  'detail-type': 'ECR Image Action',
  source: 'aws.ecr',
  account: '123456789012',
  time: '2019-11-16T01:54:34Z',
  region: 'us-west-2',
  resources: [],
  detail: {
    result: 'SUCCESS',
    'repository-name': 'acme/api',
    'image-digest': digest,
    'action-type': 'PUSH',
    'image-tag': 'latest',
    'manifest-media-type': 'application/vnd.oci.image.manifest.v1+json',
  },
}

const detail = (changes: object) => ({ ...pushed, detail: { ...pushed.detail, ...changes } })

const read = (body: unknown, headers: Record<string, string> = { 'x-portolan-secret': secret.reveal() }) =>
  notifications.read(
    {
      headers,
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      secret,
      address: 'https://portolan.example.com/notify/x',
      settings: { region: 'us-west-2', accountId: '1234-5678-9012' },
    },
    { http: testHttp, clock: systemClock },
  )

describe('an event of EventBridge', () => {
  it('says which tag was pushed, or deleted', async () => {
    expect(await read(pushed)).toEqual([{ repository: 'acme/api', tag: 'latest', action: 'push' }])
    expect(await read(detail({ 'action-type': 'DELETE' }))).toEqual([
      { repository: 'acme/api', tag: 'latest', action: 'delete' },
    ])
    expect(await read(detail({ 'action-type': 'DELETE', 'image-tag': undefined }))).toEqual([
      { repository: 'acme/api', tag: null, action: 'delete' },
    ])
  })

  it('says the same when it comes twice', async () => {
    expect(await read(pushed)).toEqual(await read(pushed))
  })

  it.each([
    ['an image without a tag', detail({ 'image-tag': undefined })],
    ['a push that failed', detail({ result: 'FAILURE' })],
    ['a scan', { ...pushed, 'detail-type': 'ECR Image Scan' }],
    ['another service', { ...pushed, source: 'aws.ec2' }],
    ['another action', detail({ 'action-type': 'constructor' })],
  ])('gives nothing for %s', async (_, event) => {
    expect(await read(event)).toEqual([])
  })

  it.each([
    ['no secret', pushed, {}],
    ['a wrong secret', pushed, { 'x-portolan-secret': 'guessed' }],
    ['another account', { ...pushed, account: '210987654321' }, undefined],
    ['another region', { ...pushed, region: 'us-east-1' }, undefined],
  ])('is refused with %s', async (_, event, headers) => {
    expect(await failureOf(read(event, headers))).toMatchObject({
      code: 'notification-refused',
      kind: 'auth',
    })
  })

  it.each([
    ['no JSON', '{"source":'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no envelope', '{}'],
    ['no repository', detail({ 'repository-name': undefined })],
    ['a repository that is none', detail({ 'repository-name': '../../etc' })],
    ['a repository of another kind', detail({ 'repository-name': { name: 'x' } })],
  ])('is called invalid: %s', async (_, event) => {
    expect(await failureOf(read(event))).toMatchObject({ code: 'notification-invalid', kind: 'invalid' })
  })
})
