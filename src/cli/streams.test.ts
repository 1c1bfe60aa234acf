import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildVulnerabilityDatabase } from '../test-support/vulnerability-database/index.ts'
import { createContext } from './context.ts'
import { runProgram } from './program.ts'

const main = join(import.meta.dirname, 'main.ts')
const home = mkdtempSync(join(tmpdir(), 'portolan-streams-'))
const env = {
  PATH: process.env['PATH'],
  HOME: home,
  // Its files would be cut short, too.
  NODE_DISABLE_COMPILE_CACHE: '1',
  PORTOLAN_DATA_DIR: join(home, 'data'),
}
const sbom = JSON.stringify({
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  components: Array.from({ length: 500 }, (_, index) => ({
    type: 'library',
    name: `a${index}`,
    version: '1',
    purl: `pkg:npm/a${index}@1`,
  })),
})

beforeAll(async () => {
  const updatedAt = new Date().toISOString()
  await buildVulnerabilityDatabase({ advisories: [], details: [] }, { updatedAt }).writeFolder(
    join(home, 'db'),
  )
  writeFileSync(join(home, 'sbom.json'), sbom)
})

async function ended(child: ChildProcess): Promise<{ code: number | null; err: string }> {
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [err, code] = await Promise.all([child.stderr === null ? '' : text(child.stderr), closed])
  return { code, err }
}

/** In a shell, for what only a shell can do to a program's output. */
async function shell(line: string): Promise<{ code: number | null; err: string }> {
  const portolan = `'${process.execPath}' --disable-warning=ExperimentalWarning '${main}'`
  return ended(spawn('sh', ['-c', line.replace('portolan', portolan)], { cwd: home, env }))
}

const scan = 'portolan sbom --db db --format trivy sbom.json'

describe('output that cannot be written', () => {
  it('is an error where a file takes only a part of it', async () => {
    expect(await shell(`${scan} > whole.json`)).toEqual({ code: 0, err: '' })
    const { code, err } = await shell(`ulimit -f 4; ${scan} > cut.json`)
    expect(code).toBe(1)
    expect(err).toMatch(
      /^Error: The result could not be written whole: .+\nWhat to do: .+\nCode: output-failed\n$/,
    )
    const [whole, cut] = ['whole.json', 'cut.json'].map((name) => readFileSync(join(home, name), 'utf8'))
    expect(whole?.length).toBeGreaterThan(cut?.length ?? 0)
    expect(JSON.parse(whole ?? '')).toMatchObject({ SchemaVersion: 2 })
  })

  it.each([
    scan,
    'portolan --help',
    'portolan --version',
  ])('is an error where nothing is taken: %s', async (line) => {
    const { code, err } = await shell(`${line} > /dev/full`)
    expect(err).toMatch(/no room is left[^]+Code: output-failed\n$/)
    expect(code).toBe(1)
  })

  it('is none where the reader has seen enough', async () => {
    expect(await shell(`${scan} | head -c 1 > /dev/null`)).toEqual({ code: 0, err: '' })
  })
})

describe('an interrupt while standard input is read', () => {
  it('ends the program at once', async () => {
    const child = spawn(process.execPath, [main, 'sbom', '--db', 'db', '-'], { cwd: home, env })
    // More than lies between two processes: when it is taken, the program reads.
    await new Promise((resolve) => child.stdin.write(Buffer.alloc(8 * 1024 * 1024, ' '), resolve))
    child.kill('SIGINT')
    expect(await ended(child)).toMatchObject({ code: 130, err: '' })
  })

  it.each([
    ['sbom', '-'],
    ['sbom', '--vex', '-', 'sbom.json'],
    ['image', '--username', 'u', '--password-stdin', 'registry.invalid/a'],
  ])('ends %s %s', async (...args) => {
    const interrupt = new AbortController()
    const stdin: AsyncIterable<unknown> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          setImmediate(() => interrupt.abort())
          return new Promise(() => undefined)
        },
      }),
    }
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const surroundings = { env, stdin, stdout, stderr, signal: interrupt.signal }
    const named = args.map((each) => (each === 'sbom.json' ? join(home, each) : each))
    expect(await runProgram(named, createContext(surroundings))).toBe(130)
  })
})
