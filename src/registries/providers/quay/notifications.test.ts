import { describe, expect, it } from 'vitest'
import { Secret, systemClock, toAppError } from '../../../core/index.ts'
import { testHttp } from '../../../test-support/http.ts'
import { notifications } from './notifications.ts'

/** notifications/notificationevent.py, `build_repository_event_data`. */
const pushed = {
  repository: 'mycompany/deep/api',
  namespace: 'mycompany',
  name: 'deep/api',
  docker_url: 'quay.io/mycompany/deep/api',
  homepage: 'https://quay.io/repository/mycompany/deep/api',
  updated_tags: ['latest', '1.4'],
}

const read = async (body: unknown, settings: Record<string, unknown> = { namespace: 'mycompany' }) => {
  const event = {
    headers: {},
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    secret: new Secret('s3cret'),
    address: 'https://portolan.example/n/1',
    settings,
  }
  return notifications.read(event, { http: () => testHttp(), clock: systemClock })
}

const codeOf = async (body: unknown) => toAppError(await read(body).catch((thrown: unknown) => thrown)).code
const change = (tag: string | null) => ({ repository: 'mycompany/deep/api', tag, action: 'push' })

describe('notifications of Quay', () => {
  it('tell of every tag of a push; again, of the same', async () => {
    expect(await read(pushed)).toEqual([change('latest'), change('1.4')])
    expect(await read(pushed)).toEqual([change('latest'), change('1.4')])
  })

  it('carry the secret where the template sends it, and then it must be right', async () => {
    const text = (notifications.sample?.text ?? '').replace('{secret}', 's3cret')
    const filled = text.replace('${repository}', pushed.repository).replace('"${updated_tags}"', '["1.4"]')
    expect(await read(filled)).toEqual([change('1.4')])
    for (const secret of ['wrong', '', null, 5, ['s3cret']])
      expect(await codeOf({ ...pushed, secret })).toBe('notification-refused')
  })

  it('tell nothing of other namespaces, and nothing of builds and scans', async () => {
    expect(await read(pushed, { namespace: 'other' })).toEqual([])
    expect(await read({ ...pushed, updated_tags: undefined, build_id: '1' })).toEqual([])
  })

  it('lose tags that are none, not the push', async () => {
    expect(await read({ ...pushed, updated_tags: ['not a tag', 5, null] })).toEqual([change(null)])
    expect(await read({ ...pushed, updated_tags: '1.4' })).toEqual([change('1.4')])
    expect(await read({ ...pushed, updated_tags: ['a', 'a'] })).toEqual([change('a')])
    const flood = Array.from({ length: 100_000 }, (_, index) => `t${index}`)
    expect((await read({ ...pushed, updated_tags: flood })).length).toBeLessThanOrEqual(100)
  })

  it.each<[string, unknown]>([
    ['no JSON', '{"repository"'],
    ['null', null],
    ['a list', [pushed]],
    ['no repository', { updated_tags: ['1'] }],
    ['a name that leads elsewhere', { ...pushed, repository: '../x' }],
    ['a name of one part', { ...pushed, repository: 'api' }],
  ])('are refused when they cannot be read: %s', async (_, body) => {
    expect(await codeOf(body)).toBe('notification-invalid')
  })
})
