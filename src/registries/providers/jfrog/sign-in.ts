import { AppError, Secret } from '../../../core/index.ts'
import type { HttpClient, HttpRequest, HttpResponse } from '../../../platform/http/index.ts'
import {
  type RegistryCredentials,
  saidIn,
  type SignInVerdict,
  stopAfterRefusal,
  tokenClaims,
} from '../../index.ts'
import type { JfrogSettings } from './schema.ts'

/** The user that an access token names: `jfac@01c…/users/ann` is ann. */
function userOf(token: Secret<string>): string | undefined {
  const { sub } = tokenClaims(token.reveal())
  return typeof sub === 'string' ? /\/users\/([^/\s:]{1,255})$/.exec(sub)?.[1] : undefined
}

/** For the API: as a user where one is named, else by the token alone. */
export function apiAuthorization({ username, password }: JfrogSettings): Secret<string> {
  if (username === undefined) return new Secret(`Bearer ${password.reveal()}`)
  return new Secret(`Basic ${Buffer.from(`${username}:${password.reveal()}`, 'utf8').toString('base64')}`)
}

/** For the registry protocol, which always wants a user. */
export function dockerCredentials({ username, password }: JfrogSettings): RegistryCredentials {
  return { username: username ?? userOf(password) ?? 'token', password }
}

/** What an access token allows that nobody needs here; passwords and reference tokens do not say. */
export function excessIn(password: Secret<string>): string | undefined {
  const { scp } = tokenClaims(password.reveal())
  if (typeof scp !== 'string') return undefined
  if (/(?:^|\s)applied-permissions\/admin(?:\s|$)/.test(scp)) return 'may administer all of Artifactory'
  return /(?:^|\s)artifact:\S+:(?:[a-z],)*[wdm*](?:[,\s]|$)/.test(scp)
    ? 'may also write or delete'
    : undefined
}

async function verdict(request: HttpRequest, response: HttpResponse): Promise<SignInVerdict | undefined> {
  if (response.status !== 401 || !isAboutCredentials(request)) return undefined
  const bytes = await response.bytes(65_536).catch(() => new Uint8Array())
  const said = saidIn(parsed(Buffer.from(bytes).toString('utf8')))
  return {
    final: true,
    error: new AppError({
      code: 'credentials-refused',
      kind: 'auth',
      publicMessage: `Credentials refused: ${new URL(request.url).host} does not accept this user and token or password${said === '' ? '' : ` (it says: ${said})`}.`,
      remedy:
        'Check Username and Password: the token may have expired or been revoked. API keys no longer work in newer versions; use an identity token.',
    }),
  }
}

/** Tokens for single images end, and are renewed; the credentials themselves are refused for good. */
function isAboutCredentials({ url, authorization }: HttpRequest): boolean {
  const isImage = /\/v2\/.+\/(?:manifests|blobs|tags)\//.test(new URL(url).pathname)
  const isBasic = authorization?.reveal().startsWith('Basic ') ?? false
  return isBasic ? !isImage : /^\/artifactory\/api\/(?!docker\/)/.test(new URL(url).pathname)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A client that stops after the first refusal: Artifactory locks users after some. */
export function signedIn(http: HttpClient): HttpClient {
  return stopAfterRefusal(http, verdict)
}
