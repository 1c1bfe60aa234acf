import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { RegistryCredentials } from '../app/engine.ts'
import { AppError, Secret, stripEnd } from '../core/index.ts'

/** How to sign in at a registry, or why that is not known. */
export interface FoundCredentials {
  readonly credentials?: RegistryCredentials
  /** A sentence for the user: there is a sign-in that Portolan does not use. */
  readonly note?: string
}

type Environment = Readonly<Record<string, string | undefined>>
type Json = Readonly<Record<string, unknown>>

const largestConfig = 1024 ** 2
const dockerHub = 'docker.io'

/**
 * What `docker login` stored for a registry: `auths` of $DOCKER_CONFIG/config.json or ~/.docker/config.json (docker/cli,
 * cli/config/configfile). Credential helpers are programs; Portolan runs none, and says so.
 * @throws AppError `docker-config-invalid` (invalid)
 */
export async function dockerCredentials(registry: string, env: Environment): Promise<FoundCredentials> {
  const folder = env['DOCKER_CONFIG'] || join(env['HOME'] ?? homedir(), '.docker')
  const path = join(folder, 'config.json')
  const config = await readConfig(path)
  if (config === undefined) return {}
  const entry = Object.entries(object(config['auths'])).find(([server]) => hostOf(server) === registry)
  const credentials = entry === undefined ? undefined : decode(object(entry[1]), path)
  if (credentials !== undefined) return { credentials }
  const helpers = Object.entries(object(config['credHelpers']))
  const helper =
    helpers.find(([server]) => hostOf(server) === registry)?.[1] ??
    (entry === undefined ? undefined : config['credsStore'])
  if (typeof helper !== 'string' || helper === '') return {}
  return {
    note: `The sign-in for ${registry} is kept by docker-credential-${helper}, which Portolan does not run: give --username and --password-stdin.`,
  }
}

async function readConfig(path: string): Promise<Json | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw invalid(path, 'it cannot be read', error)
  }
  if (text.length > largestConfig) throw invalid(path, 'it is too large')
  try {
    return object(JSON.parse(text))
  } catch (error) {
    throw invalid(path, 'it is not JSON', error)
  }
}

/** `auth` is base64 of `user:password`; `identitytoken` is what a registry gave in place of a password. */
function decode(entry: Json, path: string): RegistryCredentials | undefined {
  const { auth, identitytoken, username, password } = entry
  if (typeof identitytoken === 'string' && identitytoken !== '') {
    return { identityToken: new Secret(identitytoken) }
  }
  if (typeof auth === 'string' && auth !== '') {
    const pair = stripEnd(Buffer.from(auth, 'base64').toString('utf8'), '\0')
    const colon = pair.indexOf(':')
    if (colon < 1) throw invalid(path, 'an "auth" in it is not base64 of user:password')
    return { username: pair.slice(0, colon), password: new Secret(pair.slice(colon + 1)) }
  }
  if (typeof username === 'string' && typeof password === 'string' && username !== '') {
    return { username, password: new Secret(password) }
  }
  return undefined
}

/** `https://index.docker.io/v1/` and `registry.example.com` alike, as image references name the host. */
function hostOf(server: string): string {
  const host = server.replace(/^https?:\/\//, '').split('/')[0] ?? ''
  return ['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'].includes(host)
    ? dockerHub
    : host
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

function invalid(path: string, why: string, cause?: unknown): AppError {
  return new AppError({
    code: 'docker-config-invalid',
    kind: 'invalid',
    publicMessage: `The Docker configuration ${path} cannot be used: ${why}.`,
    remedy: 'Mend it, set DOCKER_CONFIG to another folder, or give --username and --password-stdin.',
    cause,
  })
}
