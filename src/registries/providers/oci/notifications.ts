import { isRepositoryName, isTag, strip } from '../../../core/index.ts'
import {
  checkSecretHeader,
  type IncomingNotification,
  isDistributionEnvelope,
  type NotifiedChange,
  notificationInvalid,
  notificationJson,
  type PushNotifications,
  readDistributionEvents,
} from '../../index.ts'
import { isBelow } from './listing.ts'

type Json = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const tagOf = (value: unknown): string | null => (isTag(textOf(value)) ? textOf(value) : null)

/** Event types of Harbor, plain and as CloudEvents (goharbor/harbor, src/pkg/notifier/formats). */
const harborActions: Readonly<Record<string, NotifiedChange['action']>> = {
  PUSH_ARTIFACT: 'push',
  'harbor.artifact.pushed': 'push',
  DELETE_ARTIFACT: 'delete',
  'harbor.artifact.deleted': 'delete',
}

/** Event types of zot (project-zot/zot, pkg/extensions/events/common.go). */
const zotActions: Readonly<Record<string, NotifiedChange['action']>> = {
  'zotregistry.image.updated': 'push',
  'zotregistry.image.deleted': 'delete',
}

/** A push without a tag is of a manifest that no tag names yet; a deletion without one may be of any. */
function changeOf(
  repository: string,
  tag: string | null,
  action: NotifiedChange['action'],
): NotifiedChange[] {
  return isRepositoryName(repository) && (tag !== null || action === 'delete')
    ? [{ repository, tag, action }]
    : []
}

/** Deleting an artifact takes all its tags, of which the event names one. */
function harborChanges(type: string, data: Json): NotifiedChange[] {
  const action = harborActions[type]
  if (action === undefined) return []
  const repository = textOf(objectOf(data['repository'])['repo_full_name'])
  if (action === 'delete') return changeOf(repository, null, action)
  const resources = Array.isArray(data['resources']) ? data['resources'] : []
  return resources.flatMap((resource) => changeOf(repository, tagOf(objectOf(resource)['tag']), action))
}

function zotChanges(type: string, data: Json): NotifiedChange[] {
  const action = zotActions[type]
  return action === undefined ? [] : changeOf(textOf(data['name']), tagOf(data['reference']), action)
}

/** A CloudEvent as a whole in the body, or its data in the body and the rest in headers (CloudEvents 1.0, HTTP binding, 3.1). */
function changesOf({ headers }: IncomingNotification, body: unknown): readonly NotifiedChange[] {
  if (isDistributionEnvelope(body)) return readDistributionEvents(body)
  const event = objectOf(body)
  const type = headers['ce-type'] ?? textOf(event['type'])
  if (type.startsWith('zotregistry.')) return zotChanges(type, objectOf(event['data'] ?? event))
  const data = event['event_data'] ?? event['data']
  if (/^harbor\.|^[A-Z_]+$/.test(type)) return harborChanges(type, objectOf(data))
  throw notificationInvalid('the form of none of the registries that are known here')
}

/** Whether the connection is about a repository: others of the registry are none of its business. */
function isWanted(settings: IncomingNotification['settings'], repository: string): boolean {
  const { prefix, repositories } = settings
  const named = (Array.isArray(repositories) ? repositories : textOf(repositories).split(/[\n,]/))
    .map((name) => textOf(name).trim())
    .filter((name) => name !== '')
  if (named.length > 0) return named.includes(repository)
  return isBelow(strip(textOf(prefix).trim(), '/'), repository)
}

const sample = `# distribution: config.yml
notifications:
  endpoints:
    - name: portolan
      url: {address}
      headers:
        Authorization: [Bearer {secret}]
      timeout: 5s
      threshold: 5
      backoff: 10s
      ignore:
        actions: [pull]

# zot: config.json, below "extensions"
"events": {
  "enable": true,
  "sinks": [{ "type": "http", "address": "{address}", "credentials": { "token": "{secret}" } }]
}`

export const notifications: PushNotifications = {
  proof: 'The header Authorization, with the secret as it is or after "Bearer".',
  steps: [
    'distribution: add the endpoint below to config.yml and start the registry again.',
    'Harbor: in each project, Webhooks → New Webhook. Notify type: http. Payload format: Default or CloudEvents. Event type: Artifact pushed, Artifact deleted. Endpoint URL: {address}. Auth header: {secret}.',
    'zot: add the sink below to the extensions of config.json and start the registry again.',
    'Push an image. The event appears here within seconds; what it says is asked of the registry.',
  ],
  sample: { label: 'Configuration of distribution and zot', text: sample },
  read(event) {
    return Promise.resolve().then(() => {
      checkSecretHeader(event, 'authorization', 'Bearer')
      const changes = changesOf(event, notificationJson(event))
      return changes.filter(({ repository }) => isWanted(event.settings, repository))
    })
  },
}
