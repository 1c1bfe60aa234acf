import {
  checkSecretHeader,
  type IncomingNotification,
  type NotifiedChange,
  notificationInvalid,
  notificationJson,
  type PushNotifications,
} from '../../index.ts'
import { webhookEvent } from './answers/schema.ts'

const header = 'x-portolan-secret'

/** Events that concern images; the rest are pings, quarantines and charts (container-registry-webhook-reference.md). */
const actions: Readonly<Record<string, NotifiedChange['action']>> = { push: 'push', delete: 'delete' }

function read(event: IncomingNotification): NotifiedChange[] {
  checkSecretHeader(event, header)
  const parsed = webhookEvent.safeParse(notificationJson(event))
  if (!parsed.success) throw notificationInvalid('not the form of a registry event', parsed.error)
  const { action, target } = parsed.data
  const change = actions[action]
  if (change === undefined) return []
  if (target === undefined) throw notificationInvalid('no target')
  return [{ repository: target.repository, tag: target.tag ?? null, action: change }]
}

export const notifications: PushNotifications = {
  proof: 'A custom header of the webhook carries the secret of this connection.',
  steps: [
    'In the Azure portal open the registry, Services, Webhooks, and Add.',
    'Service URI: {address}',
    'Custom headers: X-Portolan-Secret: {secret}',
    'Actions: push and delete. Scope: empty, for all repositories. Status: on.',
    'A geo-replicated registry sends events from the region that was pushed to: add the webhook in every region.',
    'Ping on the page of the webhook tries it.',
  ],
  sample: {
    label: 'Azure CLI',
    text: `az acr webhook create --registry <Registry Name> --name portolan --actions push delete \\
  --uri '{address}' --headers 'X-Portolan-Secret={secret}'`,
  },
  read: (event) => Promise.resolve().then(() => read(event)),
}
