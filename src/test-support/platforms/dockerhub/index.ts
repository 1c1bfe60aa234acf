/**
 * Docker Hub, faked: its API at hub.docker.com, sign-in for pulls at auth.docker.io, images at registry-1.docker.io, layers from
 * another host's storage. Dates, orders, page limits and errors are Hub's own.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Secret, systemClock, type Clock } from '../../../core/index.ts'
import { startInternet } from '../../internet.ts'
import { passOn } from '../../pass-on.ts'
import { internetOptions, type PlatformWorld, type PlatformWorldOptions } from '../../platform-world.ts'
import { faults, pushBuilt, type RegistryServer, startRegistryServer } from '../../registry-server/index.ts'
import { readBody } from '../../registry-server/listen.ts'
import { storageHost } from '../storage-host.ts'
import { accountOf, type HubAccount, hubAccounts } from './accounts.ts'
import { type HubAnswer, HubApi } from './api.ts'
import type { HubRepositoryRow } from './content.ts'
import { hubQuota } from './quota.ts'

export { hubAccounts, twoFactorAccount } from './accounts.ts'

export interface HubWorldOptions extends PlatformWorldOptions {
  readonly clock?: Clock
  /** Seconds; 600 unless stated. */
  readonly tokenLifetime?: number
}

export interface HubWorld extends PlatformWorld {
  readonly registry: RegistryServer
  /** Every answer of the API so far. */
  readonly answers: readonly (HubAnswer & { readonly method: string })[]
  /** Sign-ins at both doors. */
  signIns(): number
  settingsOf(
    account: Pick<HubAccount, 'username' | 'secret'>,
    more?: object,
  ): Readonly<Record<string, unknown>>
  addRepository(repository: string, more?: Partial<Pick<HubRepositoryRow, 'isPrivate' | 'isPlugin'>>): void
  /** The listing leaves out the digest of this tag, as it does for old ones. */
  hideDigest(repository: string, tag: string): void
  /** Sent with every manifest. */
  pullsLeft(remaining: number | undefined): void
}

/** Kept for comparing; benchmarks ask for more. */
const mostAnswers = 500

export async function startDockerhubWorld(options: HubWorldOptions = {}): Promise<HubWorld> {
  const { clock = systemClock, tokenLifetime = 600, pageSize = 100 } = options
  const repositories = new Map<string, HubRepositoryRow>()
  const users = registryUsers()
  const storage = storageHost('production.cloudflare.docker.com')
  const registry = await startRegistryServer({
    blobsElsewhere: true,
    faults: [storage.redirects],
    auth: {
      kind: 'bearer',
      clock,
      users,
      realm: 'https://auth.docker.io/token',
      challenge: (text) => text.replace('service="registry-server"', 'service="registry.docker.io"'),
      allow: (user, repository, action) => mayDo(user, repositories.get(repository), action),
    },
  })
  const api = new HubApi({ repositories, pageSize, now: () => clock.now(), tokenLifetime })
  const answers: (HubAnswer & { method: string })[] = []
  let asked = 0

  async function hub(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.from(await readBody(message)).toString('utf8')
    const url = new URL(message.url ?? '/', 'https://hub.docker.com')
    const { method = 'GET', headers } = message
    const answer = api.answer({ method, url, authorization: headers.authorization ?? '', body })
    asked += 1
    if (answers.length < mostAnswers) answers.push({ ...answer, method })
    const plenty = {
      'x-ratelimit-limit': '600',
      'x-ratelimit-remaining': String(600 - (asked % 600)),
      'x-ratelimit-reset': String(Math.ceil(clock.now() / 1000) + 60),
    }
    const limits = options.quota === undefined ? plenty : {}
    response.writeHead(answer.status, { 'content-type': 'application/json', ...limits })
    response.end(JSON.stringify(answer.body))
  }

  /** The registry server knows users by one name; Hub's accounts share names and differ by secret. */
  function tokenDoor(message: IncomingMessage, response: ServerResponse): void {
    const [, pair = ''] = (message.headers.authorization ?? '').split(' ')
    const [username = '', ...rest] = Buffer.from(pair, 'base64').toString('utf8').split(':')
    const account = accountOf(username, rest.join(':'))
    if (pair !== '' && account === undefined) {
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ details: 'incorrect username or password' }))
      return
    }
    const user = account === undefined ? undefined : userOf(account)
    if (user !== undefined) {
      message.headers.authorization = `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`
    }
    passOn(`${registry.url}${message.url ?? '/'}`, message, response)
  }

  const internet = await startInternet(
    {
      'hub.docker.com': (message, response) => void hub(message, response),
      'auth.docker.io': tokenDoor,
      'registry-1.docker.io': { url: registry.url },
      'production.cloudflare.docker.com': storage.host,
    },
    internetOptions(options, hubQuota),
  )

  const settingsOf: HubWorld['settingsOf'] = ({ username, secret }, more = {}) => ({
    username,
    password: new Secret(secret),
    ...more,
  })

  const add: HubWorld['addRepository'] = (name, more = {}) => {
    if (repositories.has(name)) return
    repositories.set(name, {
      name,
      isPrivate: true,
      isPlugin: false,
      ...more,
      lastUpdated: null,
      tags: new Map(),
    })
  }

  return {
    internet,
    registry,
    answers,
    host: 'docker.io',
    settings: settingsOf(hubAccounts.reader, { namespace: 'acme' }),
    wrongSettings: settingsOf({ username: 'acme-reader', secret: 'dckr_pat_revoked' }, { namespace: 'acme' }),
    deniedSettings: settingsOf(hubAccounts.pullOnly, { namespace: 'acme' }),
    repositories: ['acme/api', 'acme/web.site', 'acme/a-name_with__all-that-is-allowed.2'],
    knowsPushDates: true,
    knowsDigests: true,
    listsEmptyRepositories: true,
    settingsOf,
    push(repository, tag, built, pushedAt) {
      add(repository)
      const row = repositories.get(repository)
      row?.tags.set(tag, { name: tag, built, pushedAt })
      if (row) row.lastUpdated = Math.max(row.lastUpdated ?? 0, pushedAt)
      pushBuilt(registry, repository, [tag], built)
    },
    untag(repository, tag) {
      repositories.get(repository)?.tags.delete(tag)
      registry.deleteTag(repository, tag)
    },
    removeRepository(repository) {
      for (const tag of repositories.get(repository)?.tags.keys() ?? []) registry.deleteTag(repository, tag)
      repositories.delete(repository)
    },
    addRepository: add,
    hideDigest(repository, tag) {
      const row = repositories.get(repository)
      const held = row?.tags.get(tag)
      if (held) row?.tags.set(tag, { ...held, hidesDigest: true })
    },
    pullsLeft(remaining) {
      const headers = { 'ratelimit-limit': '200;w=21600', 'ratelimit-remaining': `${remaining};w=21600` }
      const quota = remaining === undefined ? [] : [faults.headers(headers, { target: 'manifest' })]
      registry.faults = [storage.redirects, ...quota]
    },
    expireTokens() {
      api.expireTokens()
      registry.revokeTokens()
    },
    listingRequests: () => api.listings,
    signIns: () =>
      api.signIns + internet.requests.filter((one) => one.includes('auth.docker.io/token')).length,
    async close() {
      await internet.close()
      await registry.close()
    },
  }
}

const userOf = ({ username, secret }: HubAccount): string =>
  Buffer.from(`${username} ${secret}`).toString('hex')

const registryUsers = (): Record<string, string> =>
  Object.fromEntries(Object.values<HubAccount>(hubAccounts).map((one) => [userOf(one), userOf(one)]))

function mayDo(user: string | null, repository: HubRepositoryRow | undefined, action: string): boolean {
  const account = Object.values<HubAccount>(hubAccounts).find((one) => userOf(one) === user)
  const isMember = account?.namespaces.includes(repository?.name.split('/')[0] ?? '') ?? false
  if (action === 'pull' && repository?.isPrivate === false) return true
  const isPublicOnly = account?.secret === hubAccounts.publicReader.secret
  return isMember && !isPublicOnly && (account?.actions.includes(action) ?? false)
}
