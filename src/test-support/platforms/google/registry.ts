import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { passOn } from '../../pass-on.ts'
import type { AccountName, Accounts } from './accounts.ts'

export interface RegistryFake {
  readonly accounts: Accounts
  /** Of the registry that holds the images, each below the host that it is at. */
  readonly registryUrl: string
}

const PULLING = 'artifactregistry.repositories.downloadArtifacts'
export const STORAGE_HOST = 'storage.googleapis.com'

/** Tokens of the registry, each for one account. */
export class RegistryTokens {
  readonly #accounts = new Map<string, AccountName>()

  issue(account: AccountName): string {
    const token = randomBytes(16).toString('base64url')
    this.#accounts.set(token, account)
    return token
  }

  holder(token: string): AccountName | undefined {
    return this.#accounts.get(token)
  }

  clear(): void {
    this.#accounts.clear()
  }
}

/** The registry protocol of pkg.dev and gcr.io: access tokens as a password, exchanged at the same host; layers come from storage. */
export function answerRegistry(
  fake: RegistryFake,
  tokens: RegistryTokens,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const host = message.headers.host ?? ''
  const url = new URL(message.url ?? '/', `https://${host}`)
  const account = signedIn(fake.accounts, tokens, { host, url, message }, response)
  if (account === undefined) return undefined
  if (url.pathname === '/v2/') return json(response, 200, {})
  const [, repository = '', rest = ''] =
    /^\/v2\/(.+?)(\/(?:manifests|blobs|tags|referrers)\/.*)$/.exec(url.pathname) ?? []
  if (!fake.accounts.mayDo(account, PULLING)) {
    const said = `Permission "${PULLING}" denied on resource "projects/${repository.split('/')[0]}" (or it may not exist)`
    return refuse(response, 403, 'DENIED', said)
  }
  const digest = /^\/blobs\/(sha256:[0-9a-f]{64})$/.exec(rest)?.[1]
  const place = `${host}/${repository}`
  if (digest === undefined) {
    return passOn(`${fake.registryUrl}/v2/${place}${rest}${url.search}`, message, response)
  }
  const location = `https://${STORAGE_HOST}/artifacts/${place}/${digest}?X-Goog-Signature=abc`
  response.writeHead(302, { location }).end()
}

/** Who asks; undefined: that was answered here. */
function signedIn(
  accounts: Accounts,
  tokens: RegistryTokens,
  { host, url, message }: { readonly host: string; readonly url: URL; readonly message: IncomingMessage },
  response: ServerResponse,
): AccountName | undefined {
  const [scheme = '', value = ''] = (message.headers.authorization ?? '').split(' ')
  const basic = scheme.toLowerCase() === 'basic' ? accountOf(accounts, value) : undefined
  if (url.pathname === '/v2/token') {
    if (basic === undefined) refuse(response, 401, 'UNAUTHORIZED', 'authentication failed')
    else json(response, 200, { token: tokens.issue(basic), expires_in: 3600 })
    return undefined
  }
  const account = scheme.toLowerCase() === 'bearer' ? tokens.holder(value) : basic
  if (account !== undefined) return account
  response.setHeader('www-authenticate', `Bearer realm="https://${host}/v2/token",service="${host}"`)
  refuse(response, 401, 'UNAUTHORIZED', 'Unauthenticated request.')
  return undefined
}

/** Storage takes the signature of the address and nothing else. */
export function answerStorage(registryUrl: string, message: IncomingMessage, response: ServerResponse): void {
  const [, repository, digest] = /^\/artifacts\/(.+)\/(sha256:[0-9a-f]{64})\?/.exec(message.url ?? '') ?? []
  if (message.headers.authorization !== undefined) response.writeHead(400).end()
  else passOn(`${registryUrl}/v2/${repository}/blobs/${digest}`, message, response)
}

function accountOf(accounts: Accounts, encoded: string): AccountName | undefined {
  const [user, password = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return user === 'oauth2accesstoken' ? accounts.holder(password) : undefined
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  json(response, status, { errors: [{ code, message }] })
}
