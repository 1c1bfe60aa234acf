import { isRepositoryName, isTag } from '../core/index.ts'
import { notificationInvalid } from './notification-proof.ts'
import type { NotifiedChange } from './notifications.ts'

type Json = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined

/**
 * Whether a body is the envelope that distribution registries send, `application/vnd.docker.distribution.events.v2+json`
 * (distribution/distribution, docs/content/about/notifications.md); GitLab's self-managed registry sends it too.
 */
export function isDistributionEnvelope(body: unknown): boolean {
  return Array.isArray(objectOf(body)?.['events'])
}

/**
 * The changes of an envelope, each once, in order. Left out: pulls, mounts, and pushes without a tag, which are layers and
 * manifests that no tag names yet. A deletion names a tag, or a digest or nothing: then the whole repository may have changed.
 *
 * @param body parsed JSON
 * @throws AppError `notification-invalid` (invalid) when it is no envelope
 */
export function readDistributionEvents(body: unknown): readonly NotifiedChange[] {
  const events = objectOf(body)?.['events']
  if (!Array.isArray(events)) throw notificationInvalid('no list of events')
  const changes = new Map<string, NotifiedChange>()
  for (const event of events) {
    const change = readEvent(event)
    if (change !== undefined) changes.set(`${change.action} ${change.repository}:${change.tag ?? ''}`, change)
  }
  return [...changes.values()]
}

function readEvent(event: unknown): NotifiedChange | undefined {
  const { action, target } = objectOf(event) ?? {}
  const { repository, tag } = objectOf(target) ?? {}
  if (typeof repository !== 'string' || !isRepositoryName(repository)) return undefined
  const named = typeof tag === 'string' && isTag(tag) ? tag : null
  if (action === 'push') return named === null ? undefined : { repository, tag: named, action }
  return action === 'delete' ? { repository, tag: named, action } : undefined
}
