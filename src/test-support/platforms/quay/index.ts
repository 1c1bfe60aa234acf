/**
 * Quay, faked: its API, which answers everybody; the registry with its own token server, which does not. Its tags have a history,
 * its pages a token, its 401 no reason.
 */
import { type IncomingMessage, type ServerResponse } from 'node:http'
import { type Clock, Secret, systemClock } from '../../../core/index.ts'
import { startInternet } from '../../internet.ts'
import { passOn } from '../../pass-on.ts'
import { internetOptions, type PlatformWorld, type PlatformWorldOptions } from '../../platform-world.ts'
import { pushBuilt, type RegistryServer, startRegistryServer } from '../../registry-server/index.ts'
import { storageHost } from '../storage-host.ts'
import { type QuayAnswer, QuayApi } from './api.ts'
import type { QuayRow } from './content.ts'
import { type QuayToken, quayTokenOf, quayTokens } from './tokens.ts'
import { quayQuota } from './quota.ts'

export { quayTokens } from './tokens.ts'

export interface QuayWorldOptions extends PlatformWorldOptions {
  readonly clock?: Clock
  /** Where it is reached; quay.io unless stated. */
  readonly host?: string
  /** What it takes for its own name, in challenges (SERVER_HOSTNAME); the same unless stated. */
  readonly serverHostname?: string
  readonly anonymousAccess?: boolean
}

export interface QuayWorld extends PlatformWorld {
  readonly registry: RegistryServer
  /** Every answer so far of the API and of the token server where it refuses. */
  readonly answers: readonly QuayAnswer[]
  settingsOf(token: string, more?: object): Readonly<Record<string, unknown>>
  addRepository(repository: string, more?: Partial<Pick<QuayRow, 'isPublic' | 'kind'>>): void
}

const NAMESPACE = 'mycompany'
/** Kept for comparing; benchmarks ask for more. */
const mostAnswers = 500

export async function startQuayWorld(options: QuayWorldOptions = {}): Promise<QuayWorld> {
  const { clock = systemClock, host = 'quay.io', serverHostname = host } = options
  const rows = new Map<string, QuayRow>()
  const answers: QuayAnswer[] = []
  const storage = storageHost('cdn01.quay.io')
  const registry = await startRegistryServer({
    blobsElsewhere: true,
    faults: [storage.redirects],
    auth: {
      kind: 'bearer',
      clock,
      expiresIn: 3600,
      users: Object.fromEntries(Object.values(quayTokens).map(({ token }) => [token, token])),
      realm: `https://${serverHostname}/v2/auth`,
      // Quay gives no reason: neither `invalid_token` nor `insufficient_scope`.
      challenge: (text) =>
        text
          .replace('service="registry-server"', `service="${serverHostname}"`)
          .replace(/,error="[^"]*"/, ''),
      allow: (user, repository, action) => mayDo(quayTokenOf(user ?? ''), rows.get(repository), action),
    },
  })
  const api = new QuayApi({
    rows,
    pageSize: options.pageSize ?? 100,
    now: () => clock.now(),
    origin: `https://${serverHostname}`,
    anonymousAccess: options.anonymousAccess ?? true,
  })

  function send(response: ServerResponse, answer: QuayAnswer): void {
    if (answers.length < mostAnswers) answers.push(answer)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  }

  /** endpoints/v2/v2auth.py; who is known here by a name and a token is known to the registry server by the token alone. */
  function tokenServer(message: IncomingMessage, response: ServerResponse, url: URL): void {
    const [username = '', ...rest] = pairOf(message).split(':')
    const token = username === '$oauthtoken' ? quayTokenOf(rest.join(':')) : undefined
    if (token === undefined || token.hasExpired) {
      const why = token === undefined ? 'could not be validated' : 'has expired'
      const error = { code: 'UNAUTHORIZED', message: `OAuth access token ${why}`, detail: {} }
      return send(response, { status: 401, path: '/v2/auth', body: { errors: [error] } })
    }
    const pair = Buffer.from(`${token.token}:${token.token}`).toString('base64')
    message.headers.authorization = `Basic ${pair}`
    passOn(`${registry.url}/token${url.search}`, message, response)
  }

  function answer(message: IncomingMessage, response: ServerResponse): void {
    const url = new URL(message.url ?? '/', `https://${host}`)
    if (url.pathname === '/v2/auth') tokenServer(message, response, url)
    else if (url.pathname.startsWith('/v2/')) passOn(`${registry.url}${message.url}`, message, response)
    else send(response, api.answer(url, message.headers.authorization ?? ''))
  }

  const internet = await startInternet(
    { [host]: answer, 'cdn01.quay.io': storage.host },
    internetOptions(options, quayQuota(host)),
  )

  const add: QuayWorld['addRepository'] = (repository, more = {}) => {
    const [namespace = '', ...name] = repository.split('/')
    const fresh = { namespace, name: name.join('/'), isPublic: false, kind: 'image', ...more, spans: [] }
    if (!rows.has(repository)) rows.set(repository, fresh)
  }

  const end = (repository: string, tag: string, at: number): void => {
    for (const span of rows.get(repository)?.spans ?? []) {
      if (span.name === tag && span.end === null) span.end = at
    }
  }

  const settingsOf: QuayWorld['settingsOf'] = (token, more = {}) => ({
    token: new Secret(token),
    namespace: NAMESPACE,
    ...(host === 'quay.io' ? {} : { baseUrl: `https://${host}` }),
    ...more,
  })

  return {
    internet,
    registry,
    answers,
    host,
    settings: settingsOf(quayTokens.reader.token),
    wrongSettings: settingsOf('q0nosuchtokennosuchtoken'),
    repositories: [`${NAMESPACE}/api`, `${NAMESPACE}/web.site`, `${NAMESPACE}/deep/er/still_more-of.it`],
    knowsPushDates: true,
    knowsDigests: true,
    listsEmptyRepositories: true,
    settingsOf,
    push(repository, tag, built, pushedAt) {
      add(repository)
      end(repository, tag, Math.min(pushedAt, clock.now()))
      rows.get(repository)?.spans.push({ name: tag, built, start: pushedAt, end: null })
      pushBuilt(registry, repository, [tag], built)
    },
    untag(repository, tag) {
      end(repository, tag, clock.now() - 1)
      registry.deleteTag(repository, tag)
    },
    removeRepository(repository) {
      for (const { name } of rows.get(repository)?.spans ?? []) registry.deleteTag(repository, name)
      rows.delete(repository)
    },
    addRepository: add,
    expireTokens: () => registry.revokeTokens(),
    listingRequests: () => api.listings,
    async close() {
      await internet.close()
      await registry.close()
    },
  }
}

function pairOf({ headers }: IncomingMessage): string {
  return Buffer.from((headers.authorization ?? '').replace(/^Basic /i, ''), 'base64').toString('utf8')
}

function mayDo(token: QuayToken | undefined, row: QuayRow | undefined, action: string): boolean {
  if (action === 'pull' && row?.isPublic === true) return true
  if (row === undefined || token === undefined || token.sees === 'public') return false
  return token.scopes.includes(action === 'pull' ? 'repo:read' : 'repo:write')
}
