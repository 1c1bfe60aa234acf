import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Identity } from './certificates.ts'

/** Debian's docker-registry (distribution 2.8), started for tests; skopeo and htpasswd lines come from Debian too. */
export interface DockerRegistry {
  readonly url: string
  /** `127.0.0.1:PORT` */
  readonly host: string
  close(): Promise<void>
}

export interface DockerRegistryOptions {
  readonly port: number
  readonly tls?: Identity
  /** Lines of an htpasswd file, bcrypt: distribution knows no other hash. */
  readonly htpasswd?: string
  readonly token?: {
    readonly realm: string
    readonly service: string
    readonly issuer: string
    /** PEM certificates whose keys may sign tokens. */
    readonly roots: string
  }
  /** Blobs are read from there, as from a content delivery network; the path is that of the storage. */
  readonly blobsAt?: string
  /** Where pushes are told of (distribution, docs/content/about/notifications.md). */
  readonly notifications?: { readonly url: string; readonly headers: Readonly<Record<string, string>> }
}

/** Whether Debian's programs that the contract suite needs are installed. */
export function hasPrograms(...names: readonly string[]): boolean {
  try {
    for (const name of names) execFileSync('which', [name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A port of 127.0.0.1 that was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

function configOf(folder: string, options: DockerRegistryOptions): string {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  const { tls, htpasswd, token, notifications, blobsAt } = options
  const config = {
    version: '0.1',
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: {
      addr: `127.0.0.1:${options.port}`,
      secret: 'for tests only',
      ...(tls
        ? { tls: { certificate: write('server.crt', tls.cert), key: write('server.key', tls.key) } }
        : {}),
    },
    ...(htpasswd ? { auth: { htpasswd: { realm: 'registry', path: write('htpasswd', htpasswd) } } } : {}),
    ...(token
      ? {
          auth: {
            token: {
              realm: token.realm,
              service: token.service,
              issuer: token.issuer,
              rootcertbundle: write('roots.crt', token.roots),
            },
          },
        }
      : {}),
  }
  if (blobsAt !== undefined) {
    const redirect = { name: 'redirect', options: { baseurl: blobsAt } }
    Object.assign(config, { middleware: { storage: [redirect] } })
  }
  const endpoint = notifications && {
    name: 'portolan',
    url: notifications.url,
    headers: Object.fromEntries(Object.entries(notifications.headers).map(([name, text]) => [name, [text]])),
    timeout: '2s',
    threshold: 5,
    backoff: '1s',
  }
  if (endpoint) Object.assign(config, { notifications: { endpoints: [endpoint] } })
  // JSON is YAML.
  return write('config.yml', JSON.stringify(config))
}

async function isUp(port: number): Promise<boolean> {
  const { connect } = await import('node:net')
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => done(true)).once('error', () => done(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** Starts a real registry with an empty storage of its own, and waits until it listens. */
export async function startDockerRegistry(options: DockerRegistryOptions): Promise<DockerRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'docker-registry-'))
  const child = spawn('docker-registry', ['serve', configOf(folder, options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  for (let tries = 0; !(await isUp(options.port)); tries += 1) {
    if (child.exitCode !== null || tries > 200) throw new Error(`docker-registry did not start: ${output}`)
    await sleep(25)
  }
  const host = `127.0.0.1:${options.port}`
  return {
    host,
    url: `${options.tls ? 'https' : 'http'}://${host}`,
    async close() {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
