import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  buildImage,
  buildIndex,
  type BuiltImage,
  dockerArchive,
  writeOciLayout,
} from '../test-support/image-builder/index.ts'
import { pushBuilt, type RegistryServer, startRegistryServer } from '../test-support/registry-server/index.ts'
import {
  type BuiltDatabase,
  buildVulnerabilityDatabase,
} from '../test-support/vulnerability-database/index.ts'

import { createContext } from './context.ts'
import { runProgram } from './program.ts'

interface Run {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

interface RunOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly node?: readonly string[]
}

const main = join(import.meta.dirname, 'main.ts')
let home: string
let registry: RegistryServer
let database: BuiltDatabase

/** The real command, in a folder of its own. */
async function portolan(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const flags = ['--disable-warning=ExperimentalWarning', ...(options.node ?? [])]
  const child = spawn(process.execPath, [...flags, main, ...args], { cwd: home, env: environment(options) })
  child.stdin.end(options.input ?? '')
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { code, out, err }
}

/** The same within this process, which is faster: for what does not concern the process itself. */
async function run(args: readonly string[], options: Omit<RunOptions, 'node'> = {}): Promise<Run> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const { signal } = new AbortController()
  const stdin = Readable.from([options.input ?? ''])
  const code = await runProgram(
    args,
    createContext({ env: environment(options), stdin, stdout, stderr, signal }),
  )
  stdout.end()
  stderr.end()
  return { code, out: await text(stdout), err: await text(stderr) }
}

function environment({ env }: RunOptions): Record<string, string | undefined> {
  return {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_CACHE_HOME: join(tmpdir(), 'portolan-test-cache'),
    PORTOLAN_DATA_DIR: join(home, 'data'),
    PORTOLAN_DB_REPOSITORY: `${registry.host}/security/db`,
    ...env,
  }
}

const image = (...args: string[]): string[] => ['image', '--insecure', ...args]

function debian(packages: Readonly<Record<string, string>>, architecture = 'amd64'): BuiltImage {
  const status = Object.entries(packages)
    .map(
      ([name, version]) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: ${version}\n`,
    )
    .join('\n')
  return buildImage({
    platform: { os: 'linux', architecture },
    layers: [
      {
        files: {
          'etc/debian_version': '12.4\n',
          'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
          'var/lib/dpkg/status': status,
        },
      },
      { files: { 'app/node_modules/lodash/package.json': '{"name":"lodash","version":"4.17.15"}' } },
    ],
  })
}

const app = debian({ openssl: '3.0.9-1', bash: '5.2-1' })

beforeAll(async () => {
  registry = await startRegistryServer()
  database = buildVulnerabilityDatabase(
    {
      advisories: [
        { bucket: 'debian 12', package: 'openssl', id: 'CVE-2024-1', fixedVersion: '3.0.11-1' },
        {
          bucket: 'debian 12',
          package: 'openssl',
          id: 'CVE-2024-2',
          status: 'will_not_fix',
          severity: 'LOW',
        },
        { bucket: 'debian 12', package: 'zlib1g', id: 'CVE-2024-3', severity: 'CRITICAL' },
        {
          bucket: 'npm::GitHub',
          package: 'lodash',
          id: 'CVE-2021-23337',
          vulnerableVersions: ['<4.17.21'],
          patchedVersions: ['4.17.21'],
        },
      ],
      details: [
        { id: 'CVE-2024-1', title: 'Bad thing', vendorSeverity: { nvd: 'HIGH' } },
        { id: 'CVE-2024-2', title: 'Small thing' },
        { id: 'CVE-2024-3', title: 'Worst thing' },
        { id: 'CVE-2021-23337', title: 'Injection', severity: 'MEDIUM' },
      ],
    },
    { updatedAt: new Date().toISOString() },
  )
  pushBuilt(registry, 'acme/app', ['1'], app)
  pushBuilt(
    registry,
    'acme/many',
    ['1'],
    buildIndex([debian({ openssl: '3.0.11-1' }), debian({ zlib1g: '1.2-1' }, 'arm64')]),
  )
  registry.put({ repository: 'security/db', tags: ['2'], ...database.artifact })
})
afterAll(() => registry.close())
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'portolan-cli-'))
})

function blobsAsked(): number {
  return registry.requests.of('blob').filter(({ repository }) => repository === 'acme/app').length
}

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const done = await run(image('--format', 'json', ...args))
  expect(done).toMatchObject({ code: 0, err: '' })
  return JSON.parse(done.out) as Record<string, unknown>
}

function idsOf(report: Record<string, unknown>): unknown[] {
  return (report['findings'] as Record<string, unknown>[]).map((finding) => finding['vulnerability'])
}

describe('portolan image', () => {
  it('fetches the database, reads the image, and says what is wrong; the second run reads no layer', async () => {
    const name = `${registry.host}/acme/app:1`
    const first = await portolan(image(name))
    expect(first.err).toBe('')
    expect(first.out).toContain('Vulnerability data updated less than an hour ago')
    expect(first.out).toMatch(
      /debian 12\.4 {2}2 packages, 2 vulnerabilities: C 0 {2}H 1 {2}M 0 {2}L 1 {2}U 0/,
    )
    expect(first.out).toMatch(/^H {2}CVE-2024-1 .*3\.0\.9-1 +3\.0\.11-1 +Bad thing$/m)
    expect(first.out).toMatch(/^M {2}CVE-2021-23337 .*app\/node_modules\/lodash\/package\.json +Injection$/m)
    const before = blobsAsked()
    expect(await portolan(image(name))).toEqual(first)
    expect(blobsAsked() - before).toBe(1) // the config
    await portolan(image('--no-cache', name))
    expect(blobsAsked() - before).toBe(1 + 1 + 2)
  })

  it('shows what was asked for, and exits as it was told', async () => {
    const name = `${registry.host}/acme/app:1`
    await run(['db', 'update', '--insecure'])
    expect(idsOf(await json(name))).toEqual(['CVE-2024-1', 'CVE-2024-2', 'CVE-2021-23337'])
    expect(idsOf(await json('--severity', 'low,HIGH', name))).toEqual(['CVE-2024-1', 'CVE-2024-2'])
    expect(idsOf(await json('--ignore-unfixed', name))).toEqual(['CVE-2024-1', 'CVE-2021-23337'])
    expect((await run(image('--exit-code', '7', name))).code).toBe(7)
    expect((await run(image('--exit-code', '7', '--severity', 'CRITICAL', name))).code).toBe(0)
  })

  it('writes every format', async () => {
    const name = `${registry.host}/acme/app:1`
    const trivy = JSON.parse((await run(image('--format', 'trivy', name))).out) as Record<string, unknown>
    expect(trivy).toMatchObject({
      SchemaVersion: 2,
      ArtifactName: name,
      Results: [{ Class: 'os-pkgs' }, { Type: 'node-pkg' }],
    })
    const [os] = trivy['Results'] as { Packages: object[] }[]
    expect(os?.Packages).toContainEqual(
      expect.objectContaining({ ID: 'bash@5.2-1', Version: '5.2', Release: '1' }),
    )
    const sarif = JSON.parse((await run(image('--format', 'sarif', name))).out) as Record<string, unknown>
    expect(sarif).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: { name: 'Portolan' } } }] })
  })

  it('takes the platform that is asked for', async () => {
    const name = `${registry.host}/acme/many:1`
    expect(await json(name)).toMatchObject({ image: { platform: 'linux/amd64' } })
    expect(idsOf(await json('--platform', 'linux/arm64', name))).toContain('CVE-2024-3')
    const none = await run(image('--platform', 'linux/s390x', name))
    expect(none).toMatchObject({ code: 1, out: '' })
    expect(none.err).toContain('Code: platform-not-in-image')
    expect(none.err).toContain('linux/amd64, linux/arm64')
  })

  it('reads OCI layouts and docker save archives', async () => {
    await writeOciLayout(join(home, 'layout'), { '1': app })
    writeFileSync(join(home, 'app.tar'), dockerArchive(app))
    for (const path of ['layout', 'layout:1', 'app.tar']) {
      expect(idsOf(await json(join(home, path)))).toEqual(['CVE-2024-1', 'CVE-2024-2', 'CVE-2021-23337'])
    }
  })

  it('shares its folders with others that run at the same time', async () => {
    const runs = await Promise.all(
      Array.from({ length: 4 }, () => portolan(image('--format', 'json', `${registry.host}/acme/app:1`))),
    )
    expect(new Set(runs.map(({ out }) => out)).size).toBe(1)
    expect(runs.map(({ code, err }) => [code, err])).toEqual(runs.map(() => [0, '']))
  })
})

describe('the vulnerability database of a scan', () => {
  it('may be a folder, a trivy.db, a layer or a reference', async () => {
    const name = `${registry.host}/acme/app:1`
    await database.writeFolder(join(home, 'folder'))
    writeFileSync(join(home, 'db.tar.gz'), database.layer)
    const files = ['folder', 'folder/trivy.db', 'db.tar.gz'].map((file) => join(home, file))
    for (const wanted of [...files, `${registry.host}/security/db:2`]) {
      expect(idsOf(await json('--db', wanted, name))).toContain('CVE-2024-1')
    }
    expect((await run(['db', 'status'])).out).toContain('No vulnerability database yet')
  })

  it('is not fetched with --offline', async () => {
    const name = `${registry.host}/acme/app:1`
    for (const wanted of [[], ['--db', `${registry.host}/security/db:2`]]) {
      const done = await run(image('--offline', ...wanted, name))
      expect(done).toMatchObject({ code: 1, out: '' })
      expect(done.err).toContain('Code: database-offline')
    }
    await run(['db', 'update', '--insecure'])
    expect(idsOf(await json('--offline', name))).toContain('CVE-2024-1')
  })

  it('that is old is used with a warning', async () => {
    const old = buildVulnerabilityDatabase({}, { updatedAt: '2020-01-01T00:00:00Z' })
    await old.writeFolder(join(home, 'old'))
    const done = await run(image('--db', join(home, 'old'), `${registry.host}/acme/app:1`))
    expect(done.code).toBe(0)
    expect(done.err).toMatch(
      /^Note: Vulnerability data updated \d+ days ago: newer vulnerabilities are not known\.$/m,
    )
  })

  it('that cannot be fetched leaves a clear error', async () => {
    const done = await run(image(`${registry.host}/acme/app:1`), {
      env: { PORTOLAN_DB_REPOSITORY: `${registry.host}/security/none,${registry.host}/acme/app:1` },
    })
    expect(done).toMatchObject({ code: 1, out: '' })
    expect(done.err).toMatch(/security\/none: .*acme\/app:1: .*no vulnerability database/s)
    expect(done.err).toContain('Code: database-unavailable')
  })
})

describe('portolan db', () => {
  it('updates, shows and imports', async () => {
    expect(await portolan(['db', 'status'])).toMatchObject({ code: 0, err: '' })
    const updated = await portolan(['db', 'update', '--insecure', `${registry.host}/security/db`])
    expect(updated).toMatchObject({ code: 0, err: '' })
    expect(updated.out).toMatch(/^Fetched\.\nVulnerability data updated less than an hour ago\.\n/)
    expect((await portolan(['db', 'update', '--insecure'])).out).toMatch(/^Nothing newer\.\n/)
    const status = JSON.parse((await portolan(['db', 'status', '--format', 'json'])).out) as unknown
    expect(status).toMatchObject({
      digest: database.layerDigest,
      source: `${registry.host}/security/db:2`,
      stale: false,
    })
    writeFileSync(join(home, 'db.tar.gz'), database.layer)
    expect((await portolan(['db', 'import', 'db.tar.gz'])).out).toMatch(/^The same as before\.\n/)
    const broken = await portolan(['db', 'import', 'absent.tar.gz'])
    expect(broken.code).toBe(1)
    expect(broken.err).toContain('Code: database-file-unreadable')
  })
})

describe('signing in', () => {
  let guarded: RegistryServer
  beforeAll(async () => {
    guarded = await startRegistryServer({ auth: { kind: 'basic', users: { ann: 's3cret' } } })
    pushBuilt(guarded, 'acme/app', ['1'], app)
  })
  afterAll(() => guarded.close())
  beforeEach(() => database.writeFolder(join(home, 'db')))

  const name = (): string => `${guarded.host}/acme/app:1`

  it('uses a name and a password from standard input', async () => {
    const args = ['--db', join(home, 'db'), '--username', 'ann', '--password-stdin', name()]
    expect(await portolan(image(...args), { input: 's3cret\n' })).toMatchObject({ code: 0, err: '' })
    const wrong = await portolan(image(...args), { input: 'wrong' })
    expect(wrong.code).toBe(1)
    expect(wrong.err).toContain('Code: credentials-refused')
    expect(wrong.err).not.toContain('wrong')
    const half = await portolan(image('--db', join(home, 'db'), '--username', 'ann', name()))
    expect(half.err).toContain('Code: password-incomplete')
  })

  it('uses what docker login stored, and says when a helper keeps it', async () => {
    const config = (content: unknown): Record<string, string> => {
      const folder = mkdtempSync(join(home, 'docker-'))
      writeFileSync(join(folder, 'config.json'), JSON.stringify(content))
      return { DOCKER_CONFIG: folder }
    }
    const auth = Buffer.from('ann:s3cret').toString('base64')
    const env = config({ auths: { [guarded.host]: { auth } } })
    expect(await run(image('--db', join(home, 'db'), name()), { env })).toMatchObject({ code: 0, err: '' })
    const kept = await run(image('--db', join(home, 'db'), name()), {
      env: config({ credHelpers: { [guarded.host]: 'pass' } }),
    })
    expect(kept.code).toBe(1)
    expect(kept.err).toContain('docker-credential-pass, which Portolan does not run')
    expect(kept.err).toContain('Code: sign-in-required')
    expect(kept.err).toMatch(/What to do: .*docker login.*--username NAME --password-stdin/)
  })
})

describe('mistakes', () => {
  it('are answered with cause, remedy and code', async () => {
    const failures: [string[], string][] = [
      [['image', 'Not A Reference'], 'image-reference-invalid'],
      [['image', './absent.tar'], 'local-image-not-found'],
    ]
    await database.writeFolder(join(home, 'db'))
    for (const [args, code] of failures) {
      const done = await run([...args, '--db', join(home, 'db')])
      expect(done).toMatchObject({ code: 1, out: '' })
      expect(done.err).toMatch(/^Error: .+\nWhat to do: .+\nCode: .+\n$/)
      expect(done.err).toContain(`Code: ${code}`)
    }
    const absent = await run(image('--db', join(home, 'db'), `${registry.host}/acme/app:none`))
    expect(absent.err).toContain('Code: manifest-not-found')
  })

  it('in the options are answered before anything is done', async () => {
    for (const args of [
      ['--severity', 'BAD'],
      ['--exit-code', '256'],
      ['--platform', 'x'],
      ['--format', 'xml'],
      ['--nope'],
    ]) {
      const done = await run(['image', ...args, 'debian:12'])
      expect(done.code).toBe(2)
      expect(done.err).toContain(args[0])
    }
    expect(await run(['image'])).toMatchObject({ code: 2, out: '' })
    expect(readdirSync(home)).toEqual([])
  })

  it('a folder without an image does not stand before the image of its name', async () => {
    await database.writeFolder(join(home, 'db'))
    await writeOciLayout(join(home, 'layout'), { '1': app })
    const name = `${registry.host}/acme/app:1`
    mkdirSync(join(home, name), { recursive: true })
    writeFileSync(join(home, 'notes'), 'no archive')
    const scan = (...args: string[]) => portolan(image('--db', 'db', '--format', 'json', ...args))
    const found = await scan(name)
    expect(found.code).toBe(0)
    expect(found.err).toMatch(/^Note: The folder .+ holds no image.+ write \.\/.+:1\.\n$/)
    expect((await scan(`./${name}`)).err).toContain('Code: archive-invalid')
    expect(await scan('layout')).toMatchObject({ code: 0, err: '' })
    const file = await scan('notes')
    expect(file.code).toBe(1)
    expect(file.err).toContain('For an image of a registry, write its host: docker.io/library/notes.')
  })

  it('options that a format has no place for are refused, by name', async () => {
    const options = ['--exit-code 1', '--engine trivy', '--vex v', '--compare-sbom s', '--db d']
    const more = ['--severity LOW', '--ignore-unfixed', '--show-suppressed']
    for (const format of ['cyclonedx', 'spdx-json']) {
      for (const option of [...options, ...more]) {
        const done = await run(['image', '--format', format, ...option.split(' '), 'debian:12'])
        expect(done).toMatchObject({ code: 2, out: '' })
        expect(done.err).toContain(`with --format ${format}, nothing comes of ${option.split(' ')[0] ?? ''}:`)
      }
    }
    const two = await run(['image', '--format', 'sarif', '--compare-sbom', 's', '--db', 'd', 'debian:12'])
    expect(two).toMatchObject({ code: 2, out: '' })
    expect(two.err).toContain('with --format sarif, nothing comes of --compare-sbom:')
    expect((await run(['image', '--format', 'trivy', '--compare-sbom', 's', 'debian:12'])).code).toBe(2)
    expect(readdirSync(home)).toEqual([])
  })

  it('plain HTTP is not spoken unless it is allowed', async () => {
    await database.writeFolder(join(home, 'db'))
    const done = await run(['image', '--db', join(home, 'db'), `${registry.host}/acme/app:1`])
    expect(done.code).toBe(1)
    expect(done.err).toContain('Code: not-tls')
    expect(done.err).toMatch(/What to do: .*--insecure/)
  })

  it('--version and --help are answers', async () => {
    expect(await portolan(['--version'])).toMatchObject({ code: 0, err: '', out: '0.1.0\n' })
    expect((await portolan(['image', '--help'])).out).toContain('--password-stdin')
  })
})

describe('what is loaded', () => {
  it('holds no server part and no SQL database', async () => {
    const hook = `import { registerHooks } from 'node:module'; import { writeFileSync } from 'node:fs'
      const seen = []; registerHooks({ load: (url, context, next) => { seen.push(url); return next(url, context) } })
      process.on('exit', () => writeFileSync(process.env.SEEN, seen.join('\\n')))`
    const modulesOf = async (...args: string[]): Promise<string[]> => {
      const file = join(home, 'seen')
      await portolan(args, {
        node: ['--import', `data:text/javascript,${encodeURIComponent(hook)}`],
        env: { SEEN: file },
      })
      return readFileSync(file, 'utf8')
        .split('\n')
        .filter((url) => url.startsWith('file:'))
    }
    const scan = await modulesOf(...image(`${registry.host}/acme/app:1`))
    const forbidden = /node_modules\/(?:kysely|fastify|better-auth|pg|pg-boss|@electric-sql|@fastify|pino)\//
    expect(scan.filter((url) => forbidden.test(url))).toEqual([])
    expect(scan.filter((url) => /src\/(?:api|web|demo|platform\/(?:db|jobs|access))\//.test(url))).toEqual([])
    expect(scan.filter((url) => url.includes('src/ecosystems/')).length).toBeGreaterThan(5)
    expect(scan.length).toBeLessThan(650)
    expect((await modulesOf('--version')).length).toBeLessThan(60)
  })
})
