import { errors, jwtVerify } from 'jose'
import { isDigest, isRepositoryName, isTag } from '../../../core/index.ts'
import {
  type IncomingNotification,
  type NotifiedChange,
  notificationInvalid,
  notificationJson,
  notificationRefused,
  type PushNotifications,
} from '../../index.ts'
import { googleKeys } from './keys.ts'
import { change, claims, delivery } from './schema.ts'

/** What the connector of such settings calls an image; undefined: it is none of that connection's. */
export type NotifiedNames = (
  settings: Readonly<Record<string, unknown>>,
  image: { readonly host: string; readonly path: string },
) => string | undefined

type Environment = Parameters<PushNotifications['read']>[1]

const sample = `gcloud pubsub topics create gcr --project=PROJECT_ID   # says so if it is there already
gcloud iam service-accounts create portolan-push --project=PROJECT_ID
gcloud pubsub subscriptions create portolan --project=PROJECT_ID --topic=gcr \\
  --push-endpoint='{address}' \\
  --push-auth-service-account=portolan-push@PROJECT_ID.iam.gserviceaccount.com \\
  --push-auth-token-audience='{address}'`

/** Pub/Sub pushes what Artifact Registry publishes, signed by Google for a service account of the user's choice. */
export function googleNotifications(nameOf: NotifiedNames): PushNotifications {
  return {
    proof:
      'A token (OIDC) that Google signs for this address and for the service account named in the form. It ends after an hour.',
    steps: [
      'Enter the e-mail address of the service account that is to sign in the field "Push service account" of the connection, and save it.',
      'In the project, make the Pub/Sub topic "gcr" if it is not there: Artifact Registry tells it of every push and deletion.',
      'Add a push subscription to that topic with this address as endpoint: {address}',
      'Switch on authentication for the subscription, choose that service account, and give the same address as audience.',
    ],
    sample: { label: 'The same as commands', text: sample },
    async read(event, environment) {
      await prove(event, environment)
      const read = change.safeParse(messageOf(event))
      if (!read.success) throw notificationInvalid('no action, digest or tag', read.error)
      const found = changeIn(read.data, (image) => nameOf(event.settings, image))
      return found === undefined ? [] : [found]
    },
  }
}

/** @throws AppError `notification-refused` (auth) unless Google signed it for this address and the account of the form */
async function prove(event: IncomingNotification, environment: Environment): Promise<void> {
  const token = /^bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(event.headers['authorization'] ?? '')?.[1]
  const account = event.settings['pushServiceAccount']
  if (token === undefined || token.length > 10_000) throw notificationRefused()
  if (typeof account !== 'string' || account.trim() === '') throw notificationRefused()
  const verified = await verify(token, event.address, environment)
  const read = claims.safeParse(verified)
  if (!read.success || read.data.email.toLowerCase() !== account.trim().toLowerCase())
    throw notificationRefused()
}

async function verify(token: string, audience: string, environment: Environment): Promise<unknown> {
  const options = {
    audience,
    issuer: ['https://accounts.google.com', 'accounts.google.com'],
    algorithms: ['RS256'],
    requiredClaims: ['exp', 'iat', 'email'],
    maxTokenAge: '1h',
    clockTolerance: '1m',
    currentDate: new Date(environment.clock.now()),
  }
  try {
    return (await jwtVerify(token, await googleKeys(environment), options)).payload
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw notificationRefused()
  }
  // Google may have begun to sign with a new key.
  try {
    return (await jwtVerify(token, await googleKeys(environment, true), options)).payload
  } catch (error) {
    throw error instanceof errors.JOSEError ? notificationRefused() : error
  }
}

function messageOf(event: IncomingNotification): unknown {
  const read = delivery.safeParse(notificationJson(event))
  if (!read.success) throw notificationInvalid('no message of Pub/Sub', read.error)
  const body = Buffer.from(read.data.message.data, 'base64')
  return notificationJson({ body })
}

function changeIn(
  { action, digest, tag }: { action: string; digest?: string | undefined; tag?: string | undefined },
  nameOf: (image: { readonly host: string; readonly path: string }) => string | undefined,
): NotifiedChange | undefined {
  const image = splitImage(tag, ':') ?? splitImage(digest, '@')
  if (image === undefined) throw notificationInvalid('neither a tag nor a digest of an image')
  const repository = nameOf(image)
  if (repository === undefined) return undefined
  const named = tag === undefined ? null : image.reference
  // What is neither, a new action of Google's, is looked at as a push is.
  return { repository, tag: named, action: action === 'DELETE' ? 'delete' : 'push' }
}

/** `HOST/PATH:TAG` or `HOST/PATH@DIGEST`. */
function splitImage(text: string | undefined, sign: ':' | '@') {
  if (text === undefined) return undefined
  const slash = text.indexOf('/')
  const at = sign === ':' ? text.lastIndexOf(sign) : text.indexOf(sign)
  if (slash <= 0 || at < slash) return undefined
  const host = text.slice(0, slash)
  const path = text.slice(slash + 1, at)
  const reference = text.slice(at + 1)
  const isGood = isRepositoryName(path) && (sign === ':' ? isTag(reference) : isDigest(reference))
  return isGood ? { host, path, reference } : undefined
}
