import { describe, expect, it } from 'vitest'
import { Secret, systemClock, toAppError } from '../../../core/index.ts'
import { testHttp } from '../../../test-support/http.ts'
import type { IncomingNotification, NotifiedChange } from '../../index.ts'
import { ociProvider } from './index.ts'

const secret = new Secret('whsec-1')
const digest = `sha256:${'d'.repeat(64)}`

function incoming(body: unknown, changed: Partial<IncomingNotification> = {}): IncomingNotification {
  return {
    headers: { authorization: 'whsec-1', 'content-type': 'application/json' },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    secret,
    address: 'https://portolan.example/events/1',
    settings: { url: 'https://registry.example.com' },
    ...changed,
  }
}

async function read(
  event: IncomingNotification,
): Promise<readonly NotifiedChange[] | { code: string; kind: string }> {
  try {
    return (await ociProvider.notifications?.read(event, { http: testHttp, clock: systemClock })) ?? []
  } catch (error) {
    const { code, kind } = toAppError(error)
    return { code, kind }
  }
}

/** As goharbor/harbor, src/pkg/notifier/formats/default.go shows it. */
const harbor = (type: string, tag: string) => ({
  type,
  occur_at: 1678082303,
  operator: 'admin',
  event_data: {
    resources: [{ digest, tag, resource_url: `harbor.dev/library/team/api:${tag}` }],
    repository: {
      date_created: 1677053165,
      name: 'team/api',
      namespace: 'library',
      repo_full_name: 'library/team/api',
      repo_type: 'private',
    },
  },
})

/** As src/pkg/notifier/formats/cloudevents.go shows it. */
const harborCloudEvent = (type: string, tag: string) => ({
  specversion: '1.0',
  requestid: '2eedfab8-61d3-4f3c-8ec3-8f82d1ec4c84',
  id: '4b2f89a6-548d-4c12-9993-a1f5790b97d2',
  source: '/projects/1/webhook/policies/3',
  type,
  datacontenttype: 'application/json',
  time: '2026-03-06T06:08:43Z',
  data: harbor('PUSH_ARTIFACT', tag).event_data,
  operator: 'admin',
})

const zotData = (reference: string) => ({
  name: 'library/team/api',
  reference,
  digest,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  manifest: '{}',
})

const pushed = [{ repository: 'library/team/api', tag: '1.4', action: 'push' }]
const deleted = [{ repository: 'library/team/api', tag: null, action: 'delete' }]

describe('events of Harbor', () => {
  it.each<[string, unknown, unknown]>([
    ['a push', harbor('PUSH_ARTIFACT', '1.4'), pushed],
    ['a push as CloudEvent', harborCloudEvent('harbor.artifact.pushed', '1.4'), pushed],
    ['a push without a tag', harbor('PUSH_ARTIFACT', digest), []],
    ['a deletion', harbor('DELETE_ARTIFACT', '1.4'), deleted],
    ['a deletion as CloudEvent', harborCloudEvent('harbor.artifact.deleted', digest), deleted],
    ['a pull', harbor('PULL_ARTIFACT', '1.4'), []],
    ['an end of a scan', harborCloudEvent('harbor.scan.completed', '1.4'), []],
    ['a full quota', { type: 'QUOTA_EXCEED', occur_at: 1, event_data: { custom_attributes: {} } }, []],
    ['a push of nothing', { type: 'PUSH_ARTIFACT' }, []],
    ['a push of something else', { type: 'PUSH_ARTIFACT', event_data: { repository: [], resources: 5 } }, []],
  ])('%s', async (_, body, changes) => {
    expect(await read(incoming(body))).toEqual(changes)
  })
})

describe('events of zot', () => {
  it.each([
    ['zotregistry.image.updated', '1.4', pushed],
    ['zotregistry.image.updated', digest, []],
    ['zotregistry.image.deleted', '1.4', [{ repository: 'library/team/api', tag: '1.4', action: 'delete' }]],
    ['zotregistry.image.deleted', digest, deleted],
    ['zotregistry.repository.created', '', []],
    ['zotregistry.image.lint_failed', '1.4', []],
  ])('%s of %s', async (type, reference, changes) => {
    const headers = { authorization: 'Bearer whsec-1', 'ce-type': type, 'ce-specversion': '1.0' }
    expect(await read(incoming(zotData(reference), { headers }))).toEqual(changes)
    const whole = { specversion: '1.0', id: '1', source: 'zot', type, data: zotData(reference) }
    expect(await read(incoming(whole))).toEqual(changes)
  })
})

describe('events of distribution', () => {
  it('reads the envelope', async () => {
    const target = { mediaType: 'x', digest, repository: 'library/team/api', tag: '1.4' }
    expect(await read(incoming({ events: [{ action: 'push', target }] }))).toEqual(pushed)
  })
})

describe('which events count', () => {
  const push = harbor('PUSH_ARTIFACT', '1.4')

  it.each<[Record<string, unknown>, number]>([
    [{ prefix: 'library' }, 1],
    [{ prefix: '/library/team/' }, 1],
    [{ prefix: 'lib' }, 0],
    [{ repositories: 'library/web\nlibrary/team/api' }, 1],
    [{ repositories: ['library/web'] }, 0],
  ])('of a connection with %j: %i', async (settings, count) => {
    expect(await read(incoming(push, { settings }))).toHaveLength(count)
  })

  it.each([
    undefined,
    '',
    'whsec-2',
    'Basic whsec-1',
    'Bearer',
    'Bearer  whsec-1',
  ])('refuses the proof %j before it looks at the event', async (authorization) => {
    const refused = { code: 'notification-refused', kind: 'auth' }
    expect(await read(incoming(push, { headers: { authorization } }))).toEqual(refused)
    expect(await read(incoming('{"not', { headers: { authorization } }))).toEqual(refused)
  })

  it.each([
    '',
    '{"type":"PUSH',
    'null',
    '[]',
    '"text"',
    '{}',
    '{"type":5}',
    '{"type":"ping of somebody"}',
  ])('says that %j cannot be read', async (body) => {
    expect(await read(incoming(body))).toEqual({ code: 'notification-invalid', kind: 'invalid' })
  })

  it('gives the same for an event that comes again', async () => {
    expect(await read(incoming(push))).toEqual(await read(incoming(push)))
  })
})
