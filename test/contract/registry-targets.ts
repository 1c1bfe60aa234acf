import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createAuthority, type Identity } from '../../src/test-support/certificates.ts'
import {
  type DockerRegistryOptions,
  freePort,
  startDockerRegistry,
} from '../../src/test-support/docker-registry.ts'
import { buildImage, buildIndex, writeOciLayout } from '../../src/test-support/image-builder/index.ts'
import { startRegistryServer, startSignedTokenServer } from '../../src/test-support/registry-server/index.ts'

export const user = { name: 'ann', password: 'correct horse' }
const users = { [user.name]: user.password }
// htpasswd -nbB ann 'correct horse'
const htpasswd = 'ann:$2y$04$S/5u2/XzUyWQPa7HHpexle4OeeTK1rnN1rUhaAaRveiCmfE8/SiGe\n'

/** A registry that runs, empty, and how to reach it. */
export interface Target {
  readonly host: string
  readonly url: string
  /** PEM of the authority that signed its certificate. */
  readonly ca?: string
  readonly needsCredentials: boolean
  close(): Promise<void>
}

/** One kind of registry in one mode. `real`: Debian's docker-registry. */
export interface TargetKind {
  readonly name: string
  readonly real: boolean
  start(): Promise<Target>
}

interface Mode {
  readonly name: string
  readonly auth: 'none' | 'basic' | 'bearer'
  readonly tls?: boolean
}

const modes: readonly Mode[] = [
  { name: 'open', auth: 'none' },
  { name: 'htpasswd', auth: 'basic' },
  { name: 'htpasswd and TLS under an own CA', auth: 'basic', tls: true },
  { name: 'tokens', auth: 'bearer' },
]

function certificates(mode: Mode): { ca?: string; tls?: Identity } {
  if (!mode.tls) return {}
  const authority = createAuthority()
  return { ca: authority.cert, tls: authority.issue(['IP:127.0.0.1']) }
}

async function startReal(mode: Mode, options: Pick<DockerRegistryOptions, 'blobsAt'> = {}): Promise<Target> {
  const { ca, tls } = certificates(mode)
  const port = await freePort()
  const issuer = { issuer: 'test issuer', service: 'test registry' }
  const signer = mode.auth === 'bearer' ? createAuthority() : undefined
  const tokens = signer && (await startSignedTokenServer({ users, signer, ...issuer }))
  const registry = await startDockerRegistry({
    ...options,
    port,
    ...(tls ? { tls } : {}),
    ...(mode.auth === 'basic' ? { htpasswd } : {}),
    ...(tokens ? { token: { realm: tokens.realm, roots: signer.cert, ...issuer } } : {}),
  })
  return {
    host: registry.host,
    url: registry.url,
    ...(ca === undefined ? {} : { ca }),
    needsCredentials: mode.auth !== 'none',
    async close() {
      await Promise.all([registry.close(), tokens?.close()])
    },
  }
}

/** A real registry in one of the modes. */
export function startTarget(mode: string, options: Pick<DockerRegistryOptions, 'blobsAt'>): Promise<Target> {
  const found = modes.find(({ name }) => name === mode)
  if (found === undefined) throw new Error(`no mode ${mode}`)
  return startReal(found, options)
}

async function startOurs(mode: Mode): Promise<Target> {
  const { ca, tls } = certificates(mode)
  const auth = mode.auth === 'none' ? { kind: mode.auth } : { kind: mode.auth, users }
  const registry = await startRegistryServer({ auth, ...(tls ? { tls } : {}) })
  return {
    host: registry.host,
    url: registry.url,
    ...(ca === undefined ? {} : { ca }),
    needsCredentials: mode.auth !== 'none',
    close: () => registry.close(),
  }
}

export const targetKinds: readonly TargetKind[] = modes.flatMap((mode) => [
  { name: `docker-registry, ${mode.name}`, real: true, start: () => startReal(mode) },
  { name: `in-process registry, ${mode.name}`, real: false, start: () => startOurs(mode) },
])

const amd64 = buildImage({ layers: [{ files: { 'etc/os-release': 'ID=debian\n' } }, { files: { a: 'a' } }] })
const arm64 = buildImage({
  layers: [{ files: { 'etc/os-release': 'ID=debian\n' } }],
  platform: { os: 'linux', architecture: 'arm64' },
})

/** What `seed` puts into a registry. */
export const seeds = [
  { repository: 'acme/api', tag: '1.0', built: amd64 },
  { repository: 'acme/api', tag: 'latest', built: buildIndex([amd64, arm64]) },
  { repository: 'acme/deep/er/web', tag: '2', built: arm64 },
] as const

const run = promisify(execFile)

/** Pushes with skopeo, as users do. */
export async function seed(target: Target): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'seed-'))
  try {
    if (target.ca !== undefined) writeFileSync(join(folder, 'ca.crt'), target.ca)
    const access = [
      ...(target.needsCredentials ? ['--dest-creds', `${user.name}:${user.password}`] : []),
      ...(target.ca === undefined ? ['--dest-tls-verify=false'] : ['--dest-cert-dir', folder]),
    ]
    const copy = ['--insecure-policy', 'copy', '--quiet', '--all', '--preserve-digests', ...access]
    for (const [index, { repository, tag, built }] of seeds.entries()) {
      const layout = join(folder, String(index))
      await writeOciLayout(layout, { [tag]: built })
      await run('skopeo', [...copy, `oci:${layout}:${tag}`, `docker://${target.host}/${repository}:${tag}`])
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
