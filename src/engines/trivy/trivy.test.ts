import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError, DEFAULT_PLATFORM, Secret, systemClock } from '../../core/index.ts'
import { resolveImage } from '../../images/index.ts'
import { digestOfText, ManualClock } from '../../test-support/domain/index.ts'
import { buildImage, type BuiltImage, memorySource } from '../../test-support/image-builder/index.ts'
import type { DescribePackage, EngineScan, ImageEngine } from '../index.ts'
import { createTrivyEngine, type TrivyOptions } from './index.ts'

const describePackage: DescribePackage = (foreign) => ({
  ecosystem: foreign.type,
  name: foreign.name,
  version: foreign.version,
  arch: null,
  sourceName: null,
  sourceVersion: null,
  purl: `pkg:generic/${foreign.name}@${foreign.version}`,
  licenses: foreign.licenses,
})

const image = buildImage({ layers: [{ files: { a: 'one' } }, { files: { b: 'two' } }] })
const [base, top] = image.layers.map(({ diffId }) => diffId)

const report = {
  SchemaVersion: 2,
  Metadata: { OS: { Family: 'debian', Name: '12.4' } },
  Results: [
    {
      Target: 'image (debian 12.4)',
      Class: 'os-pkgs',
      Type: 'debian',
      Packages: [
        { Name: 'libssl3', Version: '3.0.11', Release: '1', Layer: { DiffID: base } },
        { Name: 'zlib1g', Version: '1.2.13', Epoch: 1, Layer: { DiffID: base } },
      ],
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2024-0001',
          PkgName: 'libssl3',
          InstalledVersion: '3.0.11-1',
          FixedVersion: '3.0.13-1',
          Severity: 'HIGH',
          SeveritySource: 'nvd',
          Status: 'fixed',
          Title: 'bad',
          VendorSeverity: { nvd: 3 },
          Layer: { DiffID: base },
        },
      ],
    },
    {
      Target: 'Node.js',
      Class: 'lang-pkgs',
      Type: 'node-pkg',
      Packages: [
        { Name: 'lodash', Version: '4.17.20', FilePath: 'app/package.json', Layer: { DiffID: top } },
      ],
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2021-23337',
          PkgName: 'lodash',
          PkgPath: 'app/package.json',
          InstalledVersion: '4.17.20',
          Severity: 'CRITICAL',
        },
        { VulnerabilityID: 'GHSA-unlisted', PkgName: 'ghost', InstalledVersion: '1', Severity: 'odd' },
      ],
    },
  ],
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-engine-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A program in place of Trivy: `version` is answered and noted in the file `asked`, else the script's body runs, with `args` and `out(text)` at hand. */
async function fakeTrivy(body: string): Promise<string> {
  const path = join(folder, 'bin', 'trivy')
  await mkdir(join(folder, 'bin'), { recursive: true })
  const script = `#!${process.execPath}
const fs = require('node:fs')
const args = process.argv.slice(2)
const out = (text) => fs.writeSync(1, text)
if (args[0] === 'version') {
  fs.appendFileSync(${JSON.stringify(join(folder, 'asked'))}, 'version ')
  out(JSON.stringify({ Version: '9.9.9' }))
} else { ${body} }
`
  await writeFile(path, script)
  await chmod(path, 0o755)
  return path
}

async function engineOf(body: string, options: Partial<TrivyOptions> = {}): Promise<ImageEngine> {
  return createTrivyEngine({
    path: await fakeTrivy(body),
    searchPath: '/usr/bin:/bin',
    dir: join(folder, 'engine'),
    database: async () => undefined,
    describe: describePackage,
    clock: systemClock,
    ...options,
  })
}

async function scanWith(
  engine: ImageEngine,
  { built = image, signal }: { built?: BuiltImage; signal?: AbortSignal } = {},
): Promise<EngineScan> {
  const source = memorySource({ latest: built })
  const { images } = await resolveImage(source, 'latest', DEFAULT_PLATFORM)
  const [one] = images
  if (one === undefined) throw new Error('no image')
  return engine.scan({ source, image: one, owner: 'one', ...(signal === undefined ? {} : { signal }) })
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof AppError ? `${error.code} ${error.kind}` : String(error)),
  )

/** Nothing of a run is left behind. */
async function leftBehind(): Promise<string[]> {
  return (await readdir(join(folder, 'engine'))).filter((name) => name.startsWith('run-'))
}

const say = `out(${JSON.stringify(JSON.stringify(report))})`

describe("Trivy's report", () => {
  it('becomes packages and verdicts: with their layers, paths and files, and nothing that it says is lost', async () => {
    const { inventory, verdicts, facts } = await scanWith(await engineOf(say))
    expect(facts).toEqual({ version: '9.9.9', databaseUpdatedAt: null })
    expect(inventory.os).toEqual({ family: 'debian', release: '12.4', extended: false })
    const rows = inventory.sets.flatMap((set, index) =>
      set.entries.map((entry, at) => [
        set.kind,
        entry.package.name,
        entry.path,
        inventory.attribution[index]?.[at],
      ]),
    )
    expect(rows.sort()).toEqual([
      ['language', 'ghost', '', 0],
      ['language', 'lodash', 'app/package.json', 1],
      ['os', 'libssl3', null, 0],
      ['os', 'zlib1g', null, 0],
    ])
    const matches = [...verdicts.values()].flat().map(({ match }) => match)
    expect(matches.map((match) => [match.vulnerabilityId, match.severity, match.status]).sort()).toEqual([
      ['CVE-2021-23337', 'CRITICAL', 'affected'],
      ['CVE-2024-0001', 'HIGH', 'fixed'],
      ['GHSA-unlisted', 'UNKNOWN', 'affected'],
    ])
    const details = [...verdicts.values()].flat().find(({ details }) => details?.title === 'bad')
    expect(details?.details?.vendorSeverity).toEqual({ nvd: 'HIGH' })
  })

  it('belongs to its owner: no other has a subject of it, nor one with other verdicts', async () => {
    const engine = await engineOf(say)
    const source = memorySource({ latest: image })
    const { images } = await resolveImage(source, 'latest', DEFAULT_PLATFORM)
    const [one] = images
    if (one === undefined) throw new Error('no image')
    const keys = async (owner: string): Promise<string[]> => [
      ...(await engine.scan({ source, image: one, owner })).verdicts.keys(),
    ]
    const [mine, again, theirs] = [await keys('one'), await keys('one'), await keys('two')]
    expect(again).toEqual(mine)
    expect(theirs.filter((key) => mine.includes(key))).toEqual([])
  })
})

describe('the program', () => {
  it('sees the image as a layout, and nothing of our environment', async () => {
    const seen = join(folder, 'seen.json')
    const body = `
      const layout = args[args.indexOf('--input') + 1]
      fs.writeFileSync(${JSON.stringify(seen)}, JSON.stringify({
        env: process.env, args, cwd: process.cwd(), layout: fs.readdirSync(layout), mode: fs.statSync(process.cwd()).mode & 0o777,
        blobs: fs.readdirSync(layout + '/blobs/sha256'),
      }))
      ${say}`
    process.env['AWS_SECRET_ACCESS_KEY'] = 'ambient'
    try {
      await scanWith(
        await engineOf(body, { server: { url: 'http://trivy.test', token: new Secret('s3cret') } }),
      )
    } finally {
      delete process.env['AWS_SECRET_ACCESS_KEY']
    }
    const { env, args, cwd, layout, mode, blobs } = JSON.parse(await readFile(seen, 'utf8')) as {
      env: Record<string, string>
      args: string[]
      cwd: string
      layout: string[]
      mode: number
      blobs: string[]
    }
    expect(
      Object.keys(env)
        .filter((name) => !name.startsWith('TRIVY_'))
        .sort(),
    ).toEqual(['HOME', 'PATH', 'TMPDIR'])
    expect(env).toMatchObject({ HOME: cwd, PATH: '/usr/bin:/bin', TRIVY_TOKEN: 's3cret' })
    expect(args.join(' ')).toContain('--server http://trivy.test')
    expect(args.join(' ')).not.toContain('s3cret')
    expect(layout.sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
    expect(blobs).toHaveLength(4)
    expect(mode).toBe(0o700)
    expect(await leftBehind()).toEqual([])
  })

  it('gets a copy of our database, made once, and fetches none', async () => {
    const ours = join(folder, 'ours')
    await mkdir(ours)
    await writeFile(join(ours, 'trivy.db'), 'data')
    await writeFile(join(ours, 'metadata.json'), '{}')
    const body = `
      const cache = args[args.indexOf('--cache-dir') + 1]
      if (!args.includes('--skip-db-update')) process.exit(3)
      fs.appendFileSync(cache + '/db/trivy.db', ' and more')
      ${say}`
    const database = async () => ({ folder: ours, digest: digestOfText('ours'), updatedAt: 5 })
    const engine = await engineOf(body, { database })
    expect((await scanWith(engine)).facts.databaseUpdatedAt).toBe(5)
    await scanWith(engine)
    expect(await readFile(join(ours, 'trivy.db'), 'utf8')).toBe('data')
    const copies = (await readdir(join(folder, 'engine'))).filter((name) => name.startsWith('db-'))
    expect(copies).toHaveLength(1)
    expect((await stat(join(folder, 'engine'))).mode & 0o777).toBe(0o700)
  })

  it('is asked for its version once a minute, and each time how old the data is that it fetches itself', async () => {
    const asked = async (): Promise<number> =>
      (await readFile(join(folder, 'asked'), 'utf8')).trim().split(' ').length
    const clock = new ManualClock()
    const server = { url: 'http://127.0.0.1:1', token: undefined }
    const engine = await engineOf(say, { clock, server })
    for (let scan = 0; scan < 2; scan += 1) expect((await scanWith(engine)).facts.version).toBe('9.9.9')
    expect(await asked()).toBe(1)
    clock.advance(60_000)
    await scanWith(engine)
    expect(await asked()).toBe(2)
    const alone = await engineOf(say)
    for (let scan = 0; scan < 2; scan += 1) await scanWith(alone)
    expect(await asked()).toBe(4)
  })

  it('is asked again where it lost the findings of Ubuntu', async () => {
    const ubuntu = { ...report, Metadata: { OS: { Family: 'ubuntu', Name: '18.04', extended: true } } }
    const os = report.Results[0]
    const listed = JSON.stringify({ ...ubuntu, Results: [{ ...os, Vulnerabilities: [] }] })
    const body = `out(args.includes('--list-all-pkgs') ? ${JSON.stringify(listed)} : ${JSON.stringify(JSON.stringify(ubuntu))})`
    const { verdicts, inventory } = await scanWith(await engineOf(body))
    expect(inventory.os?.extended).toBe(true)
    expect([...verdicts.values()].flat().map(({ match }) => match.vulnerabilityId)).toEqual(['CVE-2024-0001'])
  })

  it.each([
    [
      'ends with a code',
      `process.stderr.write('FATAL image scan error: no such thing\\n'); process.exit(1)`,
      'trivy-failed invalid',
    ],
    [
      'cannot reach its server',
      `process.stderr.write('twirp error unavailable: connection refused\\n'); process.exit(1)`,
      'trivy-failed temporary',
    ],
    ['is killed', `process.kill(process.pid, 'SIGKILL')`, 'trivy-failed invalid'],
    ['says nothing', '', 'trivy-output-invalid invalid'],
    ['writes garbage', `out('<html>')`, 'trivy-output-invalid invalid'],
    [
      'stops in the middle',
      `out(${JSON.stringify(JSON.stringify(report).slice(0, 200))})`,
      'trivy-output-invalid invalid',
    ],
    ['writes another shape', `out('{"SchemaVersion":3}')`, 'trivy-output-invalid invalid'],
    ['writes without end', `for (;;) out('x'.repeat(65536))`, 'trivy-output-too-large invalid'],
    ['hangs', `setInterval(() => {}, 1000)`, 'trivy-timeout temporary'],
    [
      'hangs and will not be asked',
      `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`,
      'trivy-timeout temporary',
    ],
  ])('that %s fails this scan with a reason, and leaves nothing behind', async (_what, body, code) => {
    const engine = await engineOf(body, { timeoutMs: 1_500, maxReport: 1024 ** 2 })
    expect(await codeOf(scanWith(engine))).toBe(code)
    expect(await leftBehind()).toEqual([])
  })

  it('does not tell its token or folders where it fails', async () => {
    const body = `process.stderr.write('FATAL ' + process.env.TRIVY_TOKEN + ' at ' + process.cwd() + '\\u001b[31m\\n'); process.exit(1)`
    const engine = await engineOf(body, { server: { url: 'http://trivy.test', token: new Secret('s3cret') } })
    const error = await scanWith(engine).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(AppError)
    expect((error as AppError).publicMessage).toBe('Trivy ended with exit code 1: FATAL … at ….')
  })

  it.each([
    ['2026-01-01T00:00:00Z\t\u001b[34mINFO\u001b[0m\tVulnerability scanning is enabled\n', '.'],
    [
      '2026-01-01T00:00:00Z\t\u001b[31mFATAL\u001b[0m\tno such thing\n2026-01-01T00:00:01Z\t\u001b[33mWARN\u001b[0m\tlate\n',
      ': 2026-01-01T00:00:00Z FATAL no such thing.',
    ],
  ])('tells what went wrong without colours, and not how far it was', async (stderr, said) => {
    const engine = await engineOf(`process.stderr.write(${JSON.stringify(stderr)}); process.exit(1)`)
    const error = await scanWith(engine).catch((cause: unknown) => cause)
    expect((error as AppError).publicMessage).toBe(`Trivy ended with exit code 1${said}`)
  })

  it('is ended with all that it started when it is cancelled', async () => {
    const pidFile = join(folder, 'pids')
    const body = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
      fs.writeFileSync(${JSON.stringify(pidFile)}, process.pid + ' ' + child.pid)
      setInterval(() => {}, 1000)`
    const stop = new AbortController()
    const scanning = codeOf(scanWith(await engineOf(body), { signal: stop.signal }))
    const pids = await until(async () => {
      const text = await readFile(pidFile, 'utf8').catch(() => '')
      return text === '' ? undefined : text.split(' ').map(Number)
    })
    stop.abort(new AppError({ code: 'cancelled', kind: 'cancelled', publicMessage: 'Cancelled.' }))
    expect(await scanning).toBe('cancelled cancelled')
    await until(async () => (pids.every((pid) => !isAlive(pid)) ? true : undefined))
    expect(await leftBehind()).toEqual([])
  })

  it('that is not there is asked for, with the way to get it', async () => {
    const nowhere = await engineOf(say, { path: join(folder, 'no-such-program') })
    expect(await codeOf(scanWith(nowhere))).toBe('trivy-missing not-found')
    const engine = await engineOf(say, { path: undefined, searchPath: folder })
    const error = (await engine.facts().catch((cause: unknown) => cause)) as AppError
    expect(error.publicMessage).toContain('no program `trivy` in PATH')
    expect(error.remedy).toContain('PORTOLAN_TRIVY_PATH')
    const found = await engineOf(say, { path: undefined, searchPath: join(folder, 'bin') })
    expect((await found.facts()).version).toBe('9.9.9')
  })

  it('that does not say its version is not used', async () => {
    const path = join(folder, 'true')
    await writeFile(path, '#!/bin/sh\necho nothing\n')
    await chmod(path, 0o755)
    expect(await codeOf((await engineOf(say, { path })).facts())).toBe('trivy-unusable not-found')
  })

  it('is not handed an image that is too large', async () => {
    const engine = await engineOf(say, { maxImageSize: 10 })
    expect(await codeOf(scanWith(engine))).toBe('trivy-image-too-large unsupported')
  })

  it('runs once at a time: its database is locked', async () => {
    const running = join(folder, 'running')
    const body = `
      if (fs.existsSync(${JSON.stringify(running)})) process.exit(7)
      fs.writeFileSync(${JSON.stringify(running)}, '')
      setTimeout(() => { fs.unlinkSync(${JSON.stringify(running)}); ${say} }, 50)`
    const engine = await engineOf(body)
    await Promise.all([scanWith(engine), scanWith(engine), scanWith(engine)])
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Looks until there is something to see; at most ten seconds. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not come')
}
