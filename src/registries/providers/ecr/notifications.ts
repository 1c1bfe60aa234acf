import { isRepositoryName, isTag } from '../../../core/index.ts'
import {
  checkSecretHeader,
  notificationInvalid,
  notificationJson,
  notificationRefused,
  type NotifiedChange,
  type PushNotifications,
} from '../../index.ts'

const header = 'x-portolan-secret'

const pattern = { source: ['aws.ecr'], 'detail-type': ['ECR Image Action'] }

const actions: ReadonlyMap<unknown, NotifiedChange['action']> = new Map([
  ['PUSH', 'push'],
  ['DELETE', 'delete'],
])

type Json = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

/** Events of EventBridge (Amazon ECR user guide, "Amazon ECR events and EventBridge"), sent to us by an API destination. */
export const notifications: PushNotifications = {
  proof: `The header ${header} with the secret of this connection; account and region of the event are those of the connection.`,
  steps: [
    'In Amazon EventBridge, in the region of the registry, open "API destinations" and create a connection: authorization type "API key", API key name "X-Portolan-Secret", value {secret}',
    'Create an API destination with that connection: endpoint {address}, method POST.',
    'Create a rule on the default event bus with the event pattern below, and the API destination as its target. Leave its input as it is ("Matched events").',
    'Push an image: the event appears on this page within a minute. Events are sent on a best-effort basis, so discovery still looks at everything from time to time.',
  ],
  sample: { label: 'Event pattern', text: JSON.stringify(pattern, null, 2) },
  async read(event) {
    checkSecretHeader(event, header)
    return changesOf(objectOf(notificationJson(event)), event.settings)
  },
}

function changesOf(envelope: Json, settings: Json): readonly NotifiedChange[] {
  if (typeof envelope['source'] !== 'string' || typeof envelope['detail-type'] !== 'string') {
    throw notificationInvalid('no source and detail-type')
  }
  const isOurs =
    envelope['account'] === String(settings['accountId']).replace(/[\s-]/g, '') &&
    envelope['region'] === String(settings['region']).trim()
  if (!isOurs) throw notificationRefused()
  if (envelope['source'] !== 'aws.ecr' || envelope['detail-type'] !== 'ECR Image Action') return []
  return imageAction(objectOf(envelope['detail']))
}

/** A push of a layer's worth, or of an image without a tag, concerns nothing that is discovered. */
function imageAction(detail: Json): readonly NotifiedChange[] {
  const { result } = detail
  const action = actions.get(detail['action-type'])
  const repository = detail['repository-name']
  const tag = detail['image-tag']
  if (typeof repository !== 'string' || !isRepositoryName(repository)) {
    throw notificationInvalid('no name of a repository')
  }
  if (result !== 'SUCCESS' || action === undefined) return []
  const named = typeof tag === 'string' && isTag(tag) ? tag : null
  if (action === 'push' && named === null) return []
  return [{ repository, tag: named, action }]
}
