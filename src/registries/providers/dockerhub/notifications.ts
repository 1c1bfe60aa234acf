import { isRepositoryName, isTag } from '../../../core/index.ts'
import {
  type NotifiedChange,
  notificationInvalid,
  notificationJson,
  type PushNotifications,
} from '../../index.ts'
import { bare } from './schema.ts'

type Json = Readonly<Record<string, unknown>>

const record = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined

/**
 * Webhooks of Docker Hub (docs.docker.com, Docker Hub webhooks). They are neither signed nor carry a secret or a digest, so
 * that an event is worth no more than the address that nobody else knows; `callback_url` is never called.
 */
export const notifications: PushNotifications = {
  proof:
    'Docker Hub signs nothing: the address itself is the secret. Whoever learns it can only make Portolan look at a repository once more.',
  steps: [
    'Open the repository at hub.docker.com, then the tab Webhooks. Each repository has its own.',
    'Enter a name, and as Webhook URL: {address}',
    'Select Create, and push a tag to try it.',
  ],
  async read(event) {
    const { push_data: pushed, repository } = record(notificationJson(event)) ?? {}
    const push = record(pushed)
    const name = record(repository)?.['repo_name']
    if (push === undefined || typeof name !== 'string') throw notificationInvalid('no push of a repository')
    if (!isRepositoryName(name) || name.split('/').length !== 2) {
      throw notificationInvalid('no name of a repository')
    }
    const { tag } = push
    const change: NotifiedChange = {
      repository: name,
      tag: typeof tag === 'string' && isTag(tag) ? tag : null,
      action: 'push',
    }
    const { namespace } = event.settings
    const wanted = typeof namespace === 'string' ? bare(namespace) : ''
    return wanted === '' || name.startsWith(`${wanted}/`) ? [change] : []
  },
}
