/**
 * Google Cloud, faked as far as its registries go: token endpoints that verify what keys sign, the Artifact Registry API with its
 * pages and refusals, the registry protocol of pkg.dev and gcr.io, layers from storage.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Secret } from '../../../core/index.ts'
import { startInternet } from '../../internet.ts'
import { internetOptions, type PlatformWorld, type PlatformWorldOptions } from '../../platform-world.ts'
import { pushBuilt, startRegistryServer } from '../../registry-server/index.ts'
import { readBody } from '../../registry-server/listen.ts'
import { Accounts } from './accounts.ts'
import { answerApi, type ArtifactApiFake } from './api.ts'
import { StoredProject } from './content.ts'
import { locations } from './locations.ts'
import { answerRegistry, answerStorage, RegistryTokens, STORAGE_HOST } from './registry.ts'
import { answerTokens, tokenEndpoints } from './tokens.ts'
import { googleQuota } from './quota.ts'

export { googleSigner } from './accounts.ts'
export { StoredRepository } from './content.ts'
export { MOUNTED_TOKEN } from './tokens.ts'

export interface GoogleWorldOptions extends PlatformWorldOptions {
  readonly project?: string
  /** One region, or all. */
  readonly region?: string
}

export interface GoogleWorld extends PlatformWorld {
  readonly accounts: Accounts
  /** What the project holds. */
  readonly project: StoredProject
  /** How the API behaves. */
  readonly api: ArtifactApiFake
  /** Settings with another credential: an account's name, or the text of a file. */
  settingsOf(credential: string): Readonly<Record<string, unknown>>
}

/** Where an image is kept: a repository of Artifact Registry, and the image in it. */
interface Shelf {
  readonly host: string
  readonly path: string
  readonly location: string
  readonly id: string
  readonly image: string
}

const gcrLocations: Readonly<Record<string, string>> = {
  'gcr.io': 'us',
  'us.gcr.io': 'us',
  'eu.gcr.io': 'europe',
  'asia.gcr.io': 'asia',
}

function splitName(name: string): { readonly host: string; readonly path: string } {
  const slash = name.indexOf('/')
  return { host: name.slice(0, slash), path: name.slice(slash + 1) }
}

/** Artifact Registry: a project's repositories, in all locations or in one. */
export async function startGarWorld(options: GoogleWorldOptions = {}): Promise<GoogleWorld> {
  const { project = 'acme-prod-1234', region } = options
  const base = project.replace(':', '/')
  const place = (name: string): Shelf => {
    const at = region === undefined ? splitName(name) : { host: `${region}-docker.pkg.dev`, path: name }
    const [id = '', ...image] = at.path.slice(base.length + 1).split('/')
    return { ...at, location: at.host.replace('-docker.pkg.dev', ''), id, image: image.join('/') }
  }
  const names = ['web/api', 'prod/team/web', 'prod/a.b/c-d/e_f/deep.est/image'] as const
  const hosts = ['europe-west1-docker.pkg.dev/', 'us-docker.pkg.dev/', 'us-docker.pkg.dev/']
  const named = (index: 0 | 1 | 2) => `${region === undefined ? hosts[index] : ''}${base}/${names[index]}`
  return startGoogle(options, project, {
    host: region === undefined ? 'pkg.dev' : `${region}-docker.pkg.dev`,
    form: region === undefined ? {} : { region },
    repositories: [named(0), named(1), named(2)],
    place,
  })
}

/** What lives on of Container Registry: four hosts. */
export async function startGcrWorld(options: GoogleWorldOptions = {}): Promise<GoogleWorld> {
  const { project = 'acme-prod-1234' } = options
  const base = project.replace(':', '/')
  const place = (name: string): Shelf => {
    const { host, path } = splitName(name)
    return { host, path, location: gcrLocations[host] ?? '', id: host, image: path.slice(base.length + 1) }
  }
  return startGoogle(options, project, {
    host: 'gcr.io',
    form: {},
    repositories: [
      `gcr.io/${base}/api`,
      `eu.gcr.io/${base}/team/web`,
      `us.gcr.io/${base}/a.b/c-d/e_f/deep.est/image`,
    ],
    place,
  })
}

interface Kind {
  readonly host: string
  readonly form: Readonly<Record<string, string>>
  readonly repositories: readonly [string, string, string]
  place(name: string): Shelf
}

async function startGoogle(
  options: GoogleWorldOptions,
  projectId: string,
  { host, form, repositories, place }: Kind,
): Promise<GoogleWorld> {
  const registry = await startRegistryServer()
  const accounts = new Accounts(projectId)
  const project = new StoredProject(projectId)
  const tokens = new RegistryTokens()
  const api: ArtifactApiFake = {
    project,
    accounts,
    locations,
    pageSize: options.pageSize ?? 1000,
    orderBy: 'honoured',
    disabled: false,
  }
  let listed = 0

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '/', 'https://artifactregistry.googleapis.com')
    const text = Buffer.from(await readBody(message)).toString('utf8')
    if (message.method === 'GET') listed += 1
    const reply = answerApi(api, {
      method: message.method ?? 'GET',
      path: url.pathname.replace(/^\/v1\//, ''),
      query: url.searchParams,
      token: (message.headers.authorization ?? '').replace(/^Bearer /, ''),
      body: text === '' ? undefined : JSON.parse(text),
    })
    response
      .writeHead(reply.status, { 'content-type': 'application/json; charset=UTF-8', ...reply.headers })
      .end(JSON.stringify(reply.body, null, 2))
  }

  const registryHost = (message: IncomingMessage, response: ServerResponse): void =>
    answerRegistry({ accounts, registryUrl: registry.url }, tokens, message, response)
  const internet = await startInternet(
    {
      'artifactregistry.googleapis.com': (message, response) => void answer(message, response),
      '*.pkg.dev': registryHost,
      'gcr.io': registryHost,
      '*.gcr.io': registryHost,
      [STORAGE_HOST]: (message, response) => answerStorage(registry.url, message, response),
      ...Object.fromEntries(
        Object.entries(tokenEndpoints).map(([name, endpoint]): [string, RequestListener] => [
          name,
          (message, response) => void answerTokens(accounts, endpoint, message, response),
        ]),
      ),
    },
    internetOptions(options, googleQuota),
  )
  const settingsOf = (credential: string) => {
    const text = credential.startsWith('{') ? credential : JSON.stringify(accounts.keyFile(credential))
    return { projectId, ...form, serviceAccountJson: new Secret(text) }
  }
  return {
    internet,
    host,
    accounts,
    project,
    api,
    settingsOf,
    settings: settingsOf('reader'),
    wrongSettings: settingsOf(JSON.stringify(accounts.keyFile('reader', 'deleted'))),
    deniedSettings: settingsOf('stranger'),
    repositories,
    knowsPushDates: true,
    knowsDigests: true,
    listsEmptyRepositories: false,
    push(name, tag, built, pushedAt) {
      const { location, id, image, host: at, path } = place(name)
      pushBuilt(registry, `${at}/${path}`, [tag], built)
      project.repository(location, id).push(image, tag, built, pushedAt)
    },
    untag(name, tag) {
      const { location, id, image, host: at, path } = place(name)
      registry.deleteTag(`${at}/${path}`, tag)
      project.find(location, id)?.untag(image, tag)
    },
    removeRepository(name) {
      const { location, id, image } = place(name)
      project.find(location, id)?.remove(image)
    },
    addRepository(name) {
      const { location, id } = place(name)
      project.repository(location, id)
    },
    expireTokens() {
      accounts.expireTokens()
      tokens.clear()
    },
    listingRequests: () => listed,
    async close() {
      await internet.close()
      await registry.close()
    },
  }
}
