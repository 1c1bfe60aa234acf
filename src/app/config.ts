import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import { vulnerabilityDatabase } from '../advisories/index.ts'
import { AppError, type HostList, hostList, Secret } from '../core/index.ts'
import { javaDatabase } from '../java-names/index.ts'
import { createAddressPolicy, type ProxySettings } from '../platform/http/index.ts'
import { environment } from './config/schema.ts'
import { packageRoot } from './version.ts'

/** What an operator has decided, checked. Every path is absolute. */
export interface Config {
  readonly dataDir: string
  /** Of the built pages; not for an operator to say. */
  readonly webRoot: string
  /** PostgreSQL to use; undefined: the embedded database in the data folder. */
  readonly databaseUrl: Secret<string> | undefined
  /** 0: any free port. */
  readonly port: number
  /** Where the server listens: this machine only, unless TLS or a proxy guards it. */
  readonly host: string
  readonly baseUrl: string | undefined
  readonly keyFile: string
  /** OCI references of the vulnerability database, in order. */
  readonly databaseReferences: readonly string[]
  /** OCI references of the Java database, in order; none: it is not fetched. */
  readonly javaDatabaseReferences: readonly string[]
  /** Look for newer vulnerability data at least this often; 0: never by itself. */
  readonly databaseUpdateHours: number
  readonly allowedNetworks: readonly string[]
  /** Registries that may be reached over plain HTTP or with an unverified certificate. */
  readonly insecureRegistries: HostList
  /** Proxies that connections may have of their own. */
  readonly connectionProxies: HostList
  /** Ids of organisations whose connections may use this server's own cloud identity; `*`: all. */
  readonly ambientOrganisations: readonly string[]
  readonly egressAddresses: readonly string[]
  readonly proxy: ProxySettings | undefined
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  readonly behindProxy: boolean
  readonly adminToken: Secret<string> | undefined
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Scans at once in this process; 0: this process scans nothing. */
  readonly scanWorkers: number
  /** Where the engine `trivy` is. */
  readonly trivy: {
    /** undefined: `trivy` is looked for in `searchPath`. */
    readonly path: string | undefined
    readonly searchPath: string
    readonly server: { readonly url: string; readonly token: Secret<string> | undefined } | undefined
  }
}

type Environment = Readonly<Record<string, string | undefined>>

const LOOPBACK = '127.0.0.1'
const EVERYWHERE = '0.0.0.0'

/**
 * Reads the PORTOLAN_* variables.
 *
 * @throws AppError `config-invalid` (invalid) naming every variable that is wrong
 */
export async function loadConfig(env: Environment = process.env): Promise<Config> {
  const values = parse(env)
  const allowedNetworks = values.PORTOLAN_ALLOW_PRIVATE_NETWORKS
  createAddressPolicy(allowedNetworks)
  const dataDir = values.PORTOLAN_DATA_DIR ?? defaultDataDir(env)
  const tls = await readTls(values)
  const behindProxy = values.PORTOLAN_BEHIND_PROXY
  return {
    dataDir,
    webRoot: join(packageRoot, 'dist', 'web'),
    databaseUrl: values.PORTOLAN_DATABASE_URL,
    port: values.PORTOLAN_PORT,
    host: tls === undefined && !behindProxy ? LOOPBACK : EVERYWHERE,
    baseUrl: values.PORTOLAN_BASE_URL,
    keyFile: values.PORTOLAN_KEY_FILE ?? join(dataDir, 'secret.key'),
    databaseReferences: values.PORTOLAN_DB_REPOSITORY ?? vulnerabilityDatabase.references,
    javaDatabaseReferences: values.PORTOLAN_JAVA_DB_REPOSITORY ?? defaultJavaReferences(values),
    databaseUpdateHours: values.PORTOLAN_DB_UPDATE_HOURS,
    allowedNetworks,
    insecureRegistries: named(values, 'PORTOLAN_ALLOW_INSECURE_REGISTRIES'),
    connectionProxies: named(values, 'PORTOLAN_ALLOW_CONNECTION_PROXIES'),
    ambientOrganisations: values.PORTOLAN_ALLOW_AMBIENT_CREDENTIALS,
    egressAddresses: values.PORTOLAN_EGRESS_ADDRESSES,
    proxy: proxyOf(env),
    tls,
    behindProxy,
    adminToken: values.PORTOLAN_ADMIN_TOKEN,
    logLevel: values.PORTOLAN_LOG_LEVEL,
    scanWorkers: values.PORTOLAN_SCAN_WORKERS,
    trivy: trivyOf(values, env['PATH'] ?? ''),
  }
}

function named(
  values: z.output<typeof environment>,
  setting: 'PORTOLAN_ALLOW_INSECURE_REGISTRIES' | 'PORTOLAN_ALLOW_CONNECTION_PROXIES',
): HostList {
  return hostList(setting, values[setting])
}

/** Who names a source of their own for vulnerability data does not want other data from public ones. */
function defaultJavaReferences(values: z.output<typeof environment>): readonly string[] {
  return values.PORTOLAN_DB_REPOSITORY === undefined ? javaDatabase.references : []
}

/** `portolan` in the user's data folder (XDG base directory specification), unless PORTOLAN_DATA_DIR says otherwise. */
export function defaultDataDir(env: Environment = process.env): string {
  const home = env['XDG_DATA_HOME']
  return join(home?.startsWith('/') ? home : join(homedir(), '.local', 'share'), 'portolan')
}

/** The proxy for outgoing requests, by the variables that all tools know: HTTPS_PROXY, NO_PROXY. */
export function proxyOf(env: Environment = process.env): ProxySettings | undefined {
  const url = env['HTTPS_PROXY'] || env['https_proxy']
  if (!url) return undefined
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url)) {
    throw invalid(['HTTPS_PROXY is not an http:// or https:// address'])
  }
  const bypass = (env['NO_PROXY'] || env['no_proxy'] || '').split(/[\s,]+/).filter((host) => host !== '')
  return { url: new Secret(url), bypass }
}

function parse(env: Environment): z.output<typeof environment> {
  const given = Object.entries(env).filter(([name, value]) => name.startsWith('PORTOLAN_') && value?.trim())
  const result = environment.safeParse(
    Object.fromEntries(given.map(([name, value]) => [name, value?.trim()])),
  )
  if (result.success) return result.data
  throw invalid(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`))
}

/** Both files or none. */
async function readTls(values: z.output<typeof environment>): Promise<Config['tls']> {
  const { PORTOLAN_TLS_CERT: cert, PORTOLAN_TLS_KEY: key } = values
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) {
    throw invalid(['PORTOLAN_TLS_CERT and PORTOLAN_TLS_KEY must both be set, or neither'])
  }
  return { cert: await readPem('PORTOLAN_TLS_CERT', cert), key: await readPem('PORTOLAN_TLS_KEY', key) }
}

async function readPem(name: string, path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw invalid([`${name} names ${path}, which cannot be read (${error.code ?? 'unknown error'})`])
  })
  if (text.includes('-----BEGIN ')) return text
  throw invalid([`${name} names ${path}, which is not a PEM file`])
}

function trivyOf(values: z.output<typeof environment>, searchPath: string): Config['trivy'] {
  const { PORTOLAN_TRIVY_PATH: path, PORTOLAN_TRIVY_SERVER: url, PORTOLAN_TRIVY_TOKEN: token } = values
  return { path, searchPath, server: url === undefined ? undefined : { url, token } }
}

function invalid(problems: readonly string[]): AppError {
  return new AppError({
    code: 'config-invalid',
    kind: 'invalid',
    publicMessage: `The configuration is wrong: ${problems.join('; ')}.`,
    remedy: 'The variables are described in docs/operations.md.',
  })
}
