import { isRepositoryName, isTag } from '../../../core/index.ts'
import {
  isSameSecret,
  type NotifiedChange,
  notificationInvalid,
  notificationJson,
  notificationRefused,
  type PushNotifications,
} from '../../index.ts'

/** One push names few tags; what is beyond is found by looking at the repository. */
const mostTags = 100

type Json = Readonly<Record<string, unknown>>

/**
 * Notifications of Quay for the event "Push to Repository" (quay/quay, notifications/notificationevent.py, `repo_push`). Quay
 * signs nothing; its template can put the secret into the body, and then it must be right.
 */
export const notifications: PushNotifications = {
  proof:
    'The address itself is the secret. With the template below Quay sends the secret of the connection too, and an event with another one is refused.',
  steps: [
    'Open the repository in Quay, then Settings > Events and Notifications > Create Notification. Each repository has its own.',
    'When this event occurs: Push to Repository. Then issue a notification: Webhook POST.',
    'Webhook URL: {address}',
    'POST JSON body template (optional): paste the sample.',
    'Select Create Notification, then test it from its menu.',
  ],
  sample: {
    label: 'POST JSON body template',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are Quay's (util/jsontemplate.py).
    text: '{"secret": "{secret}", "repository": "${repository}", "updated_tags": "${updated_tags}"}',
  },
  async read(event) {
    const body = notificationJson(event)
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw notificationInvalid('no event')
    }
    const { secret, repository, updated_tags: tags } = body as Json
    if (secret !== undefined && !isSameSecret(typeof secret === 'string' ? secret : '', event.secret)) {
      throw notificationRefused()
    }
    if (typeof repository !== 'string' || !isRepositoryName(repository) || !repository.includes('/')) {
      throw notificationInvalid('no name of a repository')
    }
    const { namespace } = event.settings
    const isOther = typeof namespace === 'string' && !repository.startsWith(`${namespace.trim()}/`)
    return isOther || tags === undefined ? [] : changesOf(repository, tags)
  },
}

/** Builds and scans tell of themselves too: they have no `updated_tags`. */
function changesOf(repository: string, tags: unknown): readonly NotifiedChange[] {
  const listed: readonly unknown[] = Array.isArray(tags) ? tags.slice(0, mostTags) : [tags]
  const names = listed.filter((tag): tag is string => typeof tag === 'string' && isTag(tag))
  if (names.length === 0) return [{ repository, tag: null, action: 'push' }]
  return [...new Set(names)].map((tag) => ({ repository, tag, action: 'push' }))
}
