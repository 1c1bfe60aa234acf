import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createContext } from '../../src/cli/context.ts'
import { runProgram } from '../../src/cli/program.ts'
import { expected } from '../../src/demo/expected.ts'
import { sampleCredentials } from '../../src/demo/sample-registry.ts'
import { embeddedDataFolder } from '../../src/test-support/databases/index.ts'
import { freePort } from '../../src/test-support/docker-registry.ts'
import { trivyPath } from '../../tools/setup/trivy.ts'
import { connectionTo, openWorld, type World } from './api-world.ts'

const trivy = trivyPath(join(import.meta.dirname, '../..'))
const WANTED = ['harbour/storefront']
const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'UNKNOWN'] as const

interface Image {
  readonly id: number
  readonly tags: readonly string[]
  readonly engine: string
  readonly scanStatus: string
  readonly repository: { readonly path: string }
  readonly counts: Record<string, number> | null
}

/** Real Trivy as an engine: what it finds is what it finds alone (the demo's numbers), shown as our own results are. */
describe.skipIf(!existsSync(trivy))('the engine Trivy (needs real Trivy 0.44.1: npm test brings it)', () => {
  let world: World
  let dataDir: string
  let connection: string
  const get = async (path: string) => (await world.call('one', 'GET', path)).body
  const images = async (): Promise<Image[]> =>
    ((await get('/images?limit=200')).items as Image[]).filter(({ repository }) =>
      WANTED.includes(repository.path),
    )
  const rows = async (): Promise<Record<string, string>> => {
    const all = await images()
    const shown = all.map(({ repository, tags, scanStatus, counts }): [string, string] => {
      const name = tags.map((tag) => `${repository.path}:${tag}`).find((each) => each in expected)
      const numbers = SEVERITIES.map((severity) => counts?.[severity] ?? '-').join(' ')
      return [name ?? `${repository.path}:${tags[0]}`, `${scanStatus} ${numbers}`]
    })
    return Object.fromEntries(shown.sort())
  }
  const wantedRows = Object.fromEntries(
    Object.entries(expected).filter(([name]) => WANTED.some((path) => name.startsWith(`${path}:`))),
  )
  const settled = (engine: string): Promise<void> =>
    vi.waitFor(
      async () => {
        const { status, counts } = await get(`/registry-connections/${connection}`)
        expect([status, counts.pending, counts.scanning]).toEqual(['Connected', 0, 0])
        const all = await images()
        expect(all.length).toBeGreaterThanOrEqual(Object.keys(wantedRows).length)
        expect([...new Set(all.map((image) => image.engine))]).toEqual([engine])
      },
      { timeout: 120_000, interval: 300 },
    )
  const choose = async (engine: string): Promise<void> => {
    const { version } = await get(`/registry-connections/${connection}`)
    const edited = await world.call('one', 'PATCH', `/registry-connections/${connection}`, {
      version,
      engine,
    })
    expect(edited).toMatchObject({ status: 200, body: { engine } })
    await settled(engine)
  }
  const findings = async (): Promise<string[]> =>
    (await get('/findings?limit=200')).items
      .map((each: Record<string, unknown>) =>
        JSON.stringify([
          each['vulnerabilityId'],
          each['ecosystem'],
          each['packageName'],
          each['severity'],
          each['installedVersions'],
          each['fixedVersion'],
          each['title'],
        ]),
      )
      .sort()

  beforeAll(async () => {
    dataDir = await embeddedDataFolder()
    world = await openWorld({ dataDir }, { PORTOLAN_TRIVY_PATH: trivy })
    await vi.waitFor(async () => expect((await get('/vulnerability-database')).updatedAt).not.toBeNull(), {
      timeout: 30_000,
    })
  }, 120_000)
  afterAll(async () => {
    await world.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('is offered beside the built-in one, with its version and our database', async () => {
    const { updatedAt } = await get('/vulnerability-database')
    const patience = { timeout: 60_000, interval: 100 }
    // It is fetched first, and in use a moment later.
    const inUse = async () => (await get('/scan-engines')).items[0].databaseUpdatedAt
    await expect.poll(inUse, patience).toBe(updatedAt)
    const { items } = await get('/scan-engines')
    expect(items).toEqual([
      expect.objectContaining({ id: 'portolan', builtIn: true, problem: null, databaseUpdatedAt: updatedAt }),
      {
        id: 'trivy',
        label: 'Trivy',
        builtIn: false,
        problem: null,
        version: 'dev',
        databaseUpdatedAt: updatedAt,
      },
    ])
  })

  it('scans a connection that chose it, and finds what it finds alone', async () => {
    const form = {
      ...connectionTo(world.registry, 'By Trivy'),
      engine: 'trivy',
      selection: { include: WANTED },
    }
    const { body, status } = await world.call('one', 'POST', '/registry-connections', form)
    expect([status, body.engine]).toEqual([201, 'trivy'])
    connection = body.id
    await settled('trivy')
    expect(await rows()).toEqual(wantedRows)
    const [image] = await images()
    const { updatedAt } = await get('/vulnerability-database')
    expect(await get(`/images/${image?.id}`)).toMatchObject({
      engine: 'trivy',
      engineDetails: { version: 'dev', databaseUpdatedAt: updatedAt },
    })
    expect((await get('/findings/summary')).asOf).toBe(updatedAt)
    expect(readdirSync(join(dataDir, 'engines', 'trivy')).filter((name) => name.startsWith('run-'))).toEqual(
      [],
    )
  }, 180_000)

  it('finds the same as the built-in engine, which speaks again when it is chosen again', async () => {
    const byTrivy = await vi.waitFor(
      async () => {
        const all = await findings()
        expect(all.length).toBeGreaterThan(20)
        return all
      },
      { timeout: 20_000 },
    )
    await choose('portolan')
    expect(await rows()).toEqual(wantedRows)
    // Findings follow the images.
    await vi.waitFor(async () => expect(await findings()).toEqual(byTrivy), { timeout: 20_000 })
    await choose('trivy')
    await vi.waitFor(async () => expect(await findings()).toEqual(byTrivy), { timeout: 20_000 })
  }, 180_000)

  it('is refused where it is not there, with what to do', async () => {
    const { version } = await get(`/registry-connections/${connection}`)
    const unknown = await world.call('one', 'PATCH', `/registry-connections/${connection}`, {
      version,
      engine: 'other',
    })
    expect(unknown).toMatchObject({ status: 400, body: { code: 'engine-unknown' } })
  })

  describe('on the command line', () => {
    const portolan = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()]
      const surroundings = {
        env: {
          PATH: process.env['PATH'],
          HOME: dataDir,
          PORTOLAN_DATA_DIR: join(dataDir, 'command-line'),
          PORTOLAN_DB_REPOSITORY: world.registry.database,
          PORTOLAN_TRIVY_PATH: trivy,
          ...env,
        },
        stdin: Readable.from([sampleCredentials.password]),
        stdout,
        stderr,
        signal: new AbortController().signal,
      }
      const name = `${world.registry.host}/harbour/storefront:2.3.0`
      const signIn = ['--insecure', '--username', sampleCredentials.username, '--password-stdin']
      const code = await runProgram(['image', ...signIn, ...args, name], createContext(surroundings))
      stdout.end()
      stderr.end()
      return { code, out: await text(stdout), err: await text(stderr) }
    }
    const report = async (args: readonly string[], env?: Readonly<Record<string, string>>) => {
      const { code, out, err } = await portolan([...args, '--format', 'json'], env)
      expect(err).not.toContain('Error')
      expect(code).toBe(0)
      return JSON.parse(out) as {
        engine: object
        database: { digest: string | null; updatedAt: string | null }
        counts: Record<string, number>
        findings: object[]
      }
    }

    it('gives the same findings as the built-in engine, and says which one it was', async () => {
      const builtIn = await report([])
      const byTrivy = await report(['--engine', 'trivy'])
      expect(builtIn.engine).toMatchObject({ id: 'portolan' })
      expect(byTrivy.engine).toEqual({ id: 'trivy', version: 'dev' })
      expect(byTrivy.counts).toEqual(builtIn.counts)
      expect(byTrivy.database).toEqual(builtIn.database)
      // Trivy names the vendors' ids of language packages only from 0.45 on.
      const common = (findings: readonly object[]) => findings.map((each) => ({ ...each, vendorIds: [] }))
      expect(common(byTrivy.findings)).toEqual(common(builtIn.findings))
      const table = await portolan(['--engine', 'trivy'])
      expect(table.out).toContain('Trivy dev · Vulnerability data updated')
    }, 120_000)

    it('is asked for where it is missing', async () => {
      const nowhere = await portolan(['--engine', 'trivy'], { PORTOLAN_TRIVY_PATH: '/nowhere/trivy' })
      expect(nowhere.code).toBe(1)
      expect(nowhere.err).toContain('Code: trivy-missing')
      expect(nowhere.err).toContain('PORTOLAN_TRIVY_PATH')
      expect((await portolan(['--engine', 'other'])).code).toBe(2)
    })

    it('speaks to a Trivy server with its token, whose data decides', async () => {
      const port = await freePort()
      const cache = mkdtempSync(join(tmpdir(), 'portolan-trivy-server-'))
      const db = join(dataDir, 'db')
      const current = readdirSync(db).find((name) => /^[0-9a-f]{64}$/.test(name)) ?? ''
      const { cpSync } = await import('node:fs')
      cpSync(join(db, current), join(cache, 'db'), { recursive: true })
      const listen = ['server', '--listen', `127.0.0.1:${port}`, '--cache-dir', cache, '--skip-db-update']
      const server = spawn(trivy, [...listen, '--token', 's3cret'], { stdio: 'ignore' })
      try {
        const env = { PORTOLAN_TRIVY_SERVER: `http://127.0.0.1:${port}`, PORTOLAN_TRIVY_TOKEN: 's3cret' }
        await vi.waitFor(
          async () => expect((await fetch(`${env.PORTOLAN_TRIVY_SERVER}/healthz`)).ok).toBe(true),
          {
            timeout: 20_000,
          },
        )
        const byServer = await report(['--engine', 'trivy'], env)
        expect(byServer.counts).toEqual((await report([])).counts)
        expect(byServer.database).toEqual({ digest: null, updatedAt: null })
        const none = { ...env, PORTOLAN_DATA_DIR: cache }
        expect((await report(['--engine', 'trivy', '--offline'], none)).counts).toEqual(byServer.counts)
        const refused = await portolan(['--engine', 'trivy'], { ...env, PORTOLAN_TRIVY_TOKEN: 'wrong-token' })
        expect(refused.err).toMatch(/Code: trivy-failed/)
        expect(refused.err).not.toContain('wrong-token')
      } finally {
        server.kill('SIGKILL')
        rmSync(cache, { recursive: true, force: true })
      }
    }, 120_000)
  })
})
