import { createHmac } from 'node:crypto'
import { isTag, Secret } from '../../../core/index.ts'
import {
  type IncomingNotification,
  isSameSecret,
  type NotifiedChange,
  notificationInvalid,
  notificationJson,
  notificationRefused,
  type PushNotifications,
} from '../../index.ts'
import { anyEvent, dockerEvent } from './answers/schema.ts'

const header = 'x-jfrog-event-auth'

/** The header is the secret itself, or a signature of the body with it ("Use secret for payload signing"). */
function checkProof({ headers, body, secret }: IncomingNotification): void {
  const given = headers[header] ?? ''
  const signature = createHmac('sha256', secret.reveal()).update(body).digest('hex')
  const isSigned = isSameSecret(signature, new Secret(given.toLowerCase()))
  if (!isSigned && !isSameSecret(given, secret)) throw notificationRefused()
}

const actions: Readonly<Record<string, NotifiedChange['action']>> = {
  pushed: 'push',
  promoted: 'push',
  deleted: 'delete',
}

function read(event: IncomingNotification): NotifiedChange[] {
  checkProof(event)
  const body = notificationJson(event)
  const any = anyEvent.safeParse(body)
  if (!any.success) throw notificationInvalid('not the form of an event', any.error)
  const { domain = 'docker', event_type } = any.data
  const action = actions[event_type]
  if (domain !== 'docker' || action === undefined) return []
  const parsed = dockerEvent.safeParse(body)
  if (!parsed.success) throw notificationInvalid('no image', parsed.error)
  const { image_name, tag } = parsed.data.data
  // The images of an index are told of too, each by its digest.
  if (tag && !isTag(tag.replace(/^sha256__[0-9a-f]{64}$/, ''))) return []
  const { repository, dockerAccess } = event.settings
  const isByPath =
    dockerAccess === undefined || dockerAccess === null || dockerAccess === '' || dockerAccess === 'path'
  return [
    { repository: isByPath ? `${String(repository)}/${image_name}` : image_name, tag: tag ?? null, action },
  ]
}

export const notifications: PushNotifications = {
  proof:
    'The header X-JFrog-Event-Auth is the secret of this connection, or an HMAC-SHA256 of the body with it.',
  steps: [
    'In Artifactory, as an administrator: Administration, General, Webhooks, Create a Webhook.',
    'URL: {address}',
    'Events: under Docker, "Docker tag was pushed", "Docker tag was deleted" and "Docker tag was promoted"; select the repository, or those in a virtual one.',
    'Secret token: {secret}',
    'Switch on "Use secret for payload signing".',
    'Test sends an event at once. Each deployment needs its own webhook.',
  ],
  read: (event) => Promise.resolve().then(() => read(event)),
}
