import { describe, expect, it } from 'vitest'
import { toAppError } from '../core/index.ts'
import { isDistributionEnvelope, readDistributionEvents } from './distribution-events.ts'

const digest = `sha256:${'a'.repeat(64)}`

/** An event as distribution 3 writes it. */
const event = (action: string, target: Record<string, unknown>) => ({
  id: '320678d8-ca14-430f-8bb6-4ca139cd83f7',
  timestamp: '2026-03-09T14:44:26.402973972-08:00',
  action,
  target: { size: 708, length: 708, ...target },
  request: { id: '1', addr: '192.0.2.1:42961', host: 'registry.example', method: 'PUT', useragent: 'x' },
  actor: { name: 'ann' },
  source: { addr: 'node:5000', instanceID: 'a53db899' },
})

const manifest = (repository: string, tag?: string) => ({
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest,
  repository,
  ...(tag === undefined ? {} : { tag }),
})

const problemOf = (body: unknown) => {
  try {
    return { changes: readDistributionEvents(body) }
  } catch (error) {
    const { code, kind } = toAppError(error)
    return { code, kind }
  }
}

describe('readDistributionEvents', () => {
  it('reads pushes of tags and deletions, each once', () => {
    const events = [
      event('push', { mediaType: 'application/octet-stream', digest, repository: 'acme/api' }),
      event('push', manifest('acme/api')),
      event('push', manifest('acme/api', '1.4')),
      event('push', manifest('acme/api', '1.4')),
      event('pull', manifest('acme/api', '1.3')),
      event('mount', { digest, repository: 'acme/web', fromRepository: 'acme/api' }),
      event('delete', { repository: 'acme/api', tag: '1.2' }),
      event('delete', { repository: 'acme/api', digest }),
      event('delete', { repository: 'acme/gone' }),
    ]
    expect(readDistributionEvents({ events })).toEqual([
      { repository: 'acme/api', tag: '1.4', action: 'push' },
      { repository: 'acme/api', tag: '1.2', action: 'delete' },
      { repository: 'acme/api', tag: null, action: 'delete' },
      { repository: 'acme/gone', tag: null, action: 'delete' },
    ])
  })

  it('leaves out what is no name, without losing the rest', () => {
    const targets = [
      manifest('../etc', '1'),
      manifest('acme/api', 'not a tag'),
      { repository: 5, tag: '1' },
      { repository: ['acme'], tag: { toString: 1 } },
      manifest('acme/web', '2'),
    ]
    const events = [null, 'x', [], { action: 'push' }, ...targets.map((target) => event('push', target))]
    expect(readDistributionEvents({ events })).toEqual([{ repository: 'acme/web', tag: '2', action: 'push' }])
  })

  it.each([
    [null],
    ['text'],
    [[]],
    [{}],
    [{ events: {} }],
    [{ type: 'PUSH_ARTIFACT' }],
  ])('refuses what is no envelope: %j', (body) => {
    expect(isDistributionEnvelope(body)).toBe(false)
    expect(problemOf(body)).toEqual({ code: 'notification-invalid', kind: 'invalid' })
  })

  it('takes an empty envelope', () => {
    expect(isDistributionEnvelope({ events: [] })).toBe(true)
    expect(readDistributionEvents({ events: [] })).toEqual([])
  })
})
