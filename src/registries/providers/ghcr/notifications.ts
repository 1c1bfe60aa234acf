import { createHmac, timingSafeEqual } from 'node:crypto'
import { isRepositoryName, isTag } from '../../../core/index.ts'
import {
  type IncomingNotification,
  type NotifiedChange,
  notificationInvalid,
  notificationJson,
  notificationRefused,
  type PushNotifications,
} from '../../index.ts'

type Json = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {}
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** HMAC-SHA-256 over the bytes as they came (docs.github.com, validating webhook deliveries). */
function checkSignature({ headers, body, secret }: IncomingNotification): void {
  const given = Buffer.from(headers['x-hub-signature-256'] ?? '')
  const wanted = Buffer.from(`sha256=${createHmac('sha256', secret.reveal()).update(body).digest('hex')}`)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw notificationRefused()
}

/** GitHub's default is a form with the JSON in it. */
function payloadOf(event: IncomingNotification): Json {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(event.headers['content-type'] ?? '')
  if (!isForm) return objectOf(notificationJson(event))
  const payload = new URLSearchParams(Buffer.from(event.body).toString('utf8')).get('payload') ?? ''
  return objectOf(notificationJson({ body: Buffer.from(payload) }))
}

/** `host/owner/name:tag`, where it is given: the only place that has the whole name; the tag may be missing after its colon. */
function named(packageUrl: string): { readonly repository: string; readonly tag: string } | undefined {
  const match = /^[^/]+\/(?<repository>[^:@]+?)(?:[:@](?<tag>.*))?$/.exec(packageUrl)
  return match?.groups && { repository: match.groups['repository'] ?? '', tag: match.groups['tag'] ?? '' }
}

/** The change that a `package` or `registry_package` event tells of; undefined: it concerns no image of this connection. */
function changeIn(payload: Json, owner: string): NotifiedChange | undefined {
  const told = objectOf(payload['registry_package'] ?? payload['package'])
  const isPush = ['published', 'updated'].includes(textOf(payload['action']))
  if (!isPush || textOf(told['package_type']).toLowerCase() !== 'container') return undefined
  const version = objectOf(told['package_version'])
  // Null for pushes without a tag.
  const label = textOf(objectOf(objectOf(version['container_metadata'])['tag'])['name'])
  const url = named(textOf(version['package_url']))
  const plain = `${textOf(told['namespace'])}/${textOf(told['name'])}`
  const repository = (url?.repository ?? plain).toLowerCase()
  if (!isRepositoryName(repository)) throw notificationInvalid('no name of a package')
  if (!repository.startsWith(`${owner.toLowerCase()}/`)) return undefined
  const tag = [label, url?.tag ?? ''].find(isTag)
  return { repository, tag: tag ?? null, action: 'push' }
}

export const notifications: PushNotifications = {
  proof: 'The header X-Hub-Signature-256: an HMAC of the whole event with the secret of this connection.',
  steps: [
    'Open the settings of the organization on GitHub (of one repository for images of a user) → Webhooks → Add webhook.',
    'Payload URL: {address}',
    'Content type: application/json',
    'Secret: {secret}',
    'Choose "Let me select individual events", then "Packages" and "Registry packages", and nothing else.',
    'Leave SSL verification enabled and add the webhook: GitHub sends a ping, which is listed here.',
  ],
  async read(event) {
    checkSignature(event)
    const kind = event.headers['x-github-event']
    if (kind !== 'package' && kind !== 'registry_package') return []
    const change = changeIn(payloadOf(event), textOf(event.settings['owner']))
    return change === undefined ? [] : [change]
  },
}
