import { describe, expect, it } from 'vitest'
import { Secret, systemClock, toAppError } from '../../../core/index.ts'
import { testHttp } from '../../../test-support/http.ts'
import { notifications } from './notifications.ts'

/** As docs.docker.com shows it (Docker Hub webhooks, example payload). */
const pushed = {
  callback_url:
    'https://registry.hub.docker.com/u/svendowideit/testhook/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/',
  push_data: { pushed_at: 1_417_566_161, pusher: 'trustedbuilder', tag: 'latest' },
  repository: {
    comment_count: 0,
    date_created: 1_417_494_799,
    description: '',
    is_official: false,
    is_private: true,
    is_trusted: true,
    name: 'testhook',
    namespace: 'svendowideit',
    owner: 'svendowideit',
    repo_name: 'svendowideit/testhook',
    repo_url: 'https://registry.hub.docker.com/u/svendowideit/testhook/',
    star_count: 0,
    status: 'Active',
  },
}

const read = async (body: unknown, settings: Record<string, unknown> = {}) => {
  const event = {
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    secret: new Secret('s3cret'),
    address: 'https://portolan.example/n/1',
    settings,
  }
  return notifications.read(event, { http: () => testHttp(), clock: systemClock })
}

describe('webhooks of Docker Hub', () => {
  it('tell of one push; again, of the same', async () => {
    const change = { repository: 'svendowideit/testhook', tag: 'latest', action: 'push' }
    expect(await read(pushed)).toEqual([change])
    expect(await read(pushed)).toEqual([change])
  })

  it('concern only the namespace of the connection', async () => {
    expect(await read(pushed, { namespace: 'acme' })).toEqual([])
    for (const namespace of ['svendowideit', ' SvenDowideit/ ', '', null])
      expect(await read(pushed, { namespace })).toHaveLength(1)
  })

  it.each<[string, unknown]>([
    ['no JSON', '{"push_data":'],
    ['null', null],
    ['a list', [pushed]],
    ['no push', { repository: pushed.repository }],
    ['no repository', { push_data: pushed.push_data }],
    ['a name that leads elsewhere', { ...pushed, repository: { repo_name: '../../v2/x' } }],
    ['a name of three parts', { ...pushed, repository: { repo_name: 'a/b/c' } }],
    ['a name that is none', { ...pushed, repository: { repo_name: { toString: 'x' } } }],
  ])('are refused when they cannot be read: %s', async (_, body) => {
    const error = toAppError(await read(body).catch((thrown: unknown) => thrown))
    expect(error).toMatchObject({ code: 'notification-invalid', kind: 'invalid' })
  })

  it('lose a tag that is none, not the push', async () => {
    const change = { repository: 'svendowideit/testhook', tag: null, action: 'push' }
    for (const tag of [undefined, 5, 'not a tag', '../x'])
      expect(await read({ ...pushed, push_data: { tag } })).toEqual([change])
  })
})
