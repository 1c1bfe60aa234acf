import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildImage, buildIndex } from '../test-support/image-builder/index.ts'
import { type PublicWorld, startPublicWorld } from '../test-support/platforms/public/index.ts'
import { buildVulnerabilityDatabase } from '../test-support/vulnerability-database/index.ts'
import { createContext } from './context.ts'
import { runProgram } from './program.ts'

const authorities = tls.getCACertificates('default')
let home: string
let world: PublicWorld

const image = (architecture: string) =>
  buildImage({
    platform: { os: 'linux', architecture },
    layers: [
      {
        files: {
          'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
          'etc/debian_version': '12.4\n',
          'var/lib/dpkg/status': `Package: openssl\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: 3.0.9-1\n`,
        },
      },
    ],
  })

beforeAll(async () => {
  world = await startPublicWorld()
  tls.setDefaultCACertificates([...authorities, world.internet.ca])
  home = mkdtempSync(join(tmpdir(), 'portolan-public-'))
  const built = buildIndex([image('amd64'), image('arm64')])
  for (const repository of [
    'library/nginx',
    'bitnami/redis',
    'docker/library/alpine',
    'acme/api',
    'pause',
    'dotnet/runtime',
  ])
    world.push(repository, 'latest', built)
  const advisories = [{ bucket: 'debian 12', package: 'openssl', id: 'CVE-2024-1', fixedVersion: '3.0.11-1' }]
  const { artifact } = buildVulnerabilityDatabase({ advisories }, { updatedAt: new Date().toISOString() })
  world.put({ repository: 'aquasecurity/trivy-db', tags: ['2'], ...artifact })
})
afterAll(async () => {
  tls.setDefaultCACertificates(authorities)
  await world.close()
})

/** The command as it runs on a machine whose way to the world is a proxy. @returns the hosts that it asked, in order */
async function scan(name: string, env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const before = world.internet.requests.length
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const surroundings = {
    HOME: home,
    PORTOLAN_DATA_DIR: join(home, 'data'),
    PORTOLAN_DB_REPOSITORY: 'ghcr.io/aquasecurity/trivy-db:2',
    HTTPS_PROXY: world.internet.proxyUrl,
    ...env,
  }
  const { signal } = new AbortController()
  const stdin = Readable.from([''])
  const args = ['image', '--no-cache', '--format', 'json', name]
  const code = await runProgram(args, createContext({ env: surroundings, stdin, stdout, stderr, signal }))
  stdout.end()
  stderr.end()
  expect(await text(stderr)).toBe('')
  expect(code).toBe(0)
  const report = JSON.parse(await text(stdout)) as { findings: { vulnerability: string }[] }
  expect(report.findings.map(({ vulnerability }) => vulnerability)).toEqual(['CVE-2024-1'])
  const asked = world.internet.requests.slice(before).map((line) => new URL(line.split(' ')[1] ?? '').host)
  return [...new Set(asked)].filter((host) => !hostsOfData.has(host) || name.startsWith('ghcr.io/'))
}

/** Vulnerability data comes from there, with the first scan. */
const hostsOfData = new Set(['ghcr.io', 'pkg-containers.githubusercontent.com'])

const hub = ['registry-1.docker.io', 'auth.docker.io', 'production.cloudflare.docker.com']

describe('public images, by the command line', () => {
  it.each([
    ['nginx', hub],
    ['nginx:latest', hub],
    ['bitnami/redis', hub],
    ['docker.io/nginx', hub],
    ['index.docker.io/library/nginx', hub],
    ['public.ecr.aws/docker/library/alpine', ['public.ecr.aws', 'd2glxqk2uabbnd.cloudfront.net']],
    ['ghcr.io/acme/api', ['ghcr.io', 'pkg-containers.githubusercontent.com']],
    ['quay.io/acme/api:latest', ['quay.io', 'cdn01.quay.io']],
    ['mcr.microsoft.com/dotnet/runtime', ['mcr.microsoft.com', 'eastus.data.mcr.microsoft.com']],
    [
      'registry.k8s.io/pause',
      [
        'registry.k8s.io',
        'europe-west4-docker.pkg.dev',
        'prod-registry-k8s-io-us-east-1.s3.dualstack.us-east-1.amazonaws.com',
      ],
    ],
  ])('%s', async (name, hosts) => {
    expect(await scan(name)).toEqual(hosts)
    const { signIns } = world
    expect(
      [...signIns.values()].flatMap((headers) => [...headers]).filter((one) => !one.startsWith('Bearer ')),
    ).toEqual([])
    for (const host of hosts.slice(1)) expect(signIns.get(host)).toBeUndefined()
  })

  it('what docker login stored goes to the token server of its registry, and nowhere else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-docker-'))
    const auth = Buffer.from('ann:dckr_pat_1').toString('base64')
    const auths = { 'https://index.docker.io/v1/': { auth } }
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }))
    for (const name of ['nginx', 'registry.k8s.io/pause', 'quay.io/acme/api']) {
      await scan(name, { DOCKER_CONFIG: folder })
    }
    const basic = [...world.signIns].filter(([, headers]) => headers.has(`Basic ${auth}`))
    expect(basic.map(([host]) => host)).toEqual(['auth.docker.io'])
  })
})
