import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildImage } from '../test-support/image-builder/index.ts'
import { javaArchive, sha1Of } from '../test-support/java-archive.ts'
import { buildJavaDatabase } from '../test-support/java-database/index.ts'
import { pushBuilt, type RegistryServer, startRegistryServer } from '../test-support/registry-server/index.ts'
import { buildVulnerabilityDatabase } from '../test-support/vulnerability-database/index.ts'
import { createContext } from './context.ts'
import { runProgram } from './program.ts'

interface Run {
  readonly code: number
  readonly out: string
  readonly err: string
}

const jar = javaArchive({ files: [{ name: 'A.class', content: 'published' }] })
const updatedAt = new Date().toISOString()
const javaDatabase = buildJavaDatabase(
  [{ group: 'org.acme', artifact: 'published', version: '1.0', sha1: sha1Of(jar) }],
  { updatedAt },
)
const database = buildVulnerabilityDatabase(
  {
    advisories: [
      {
        bucket: 'maven::GitHub Security Advisory Maven',
        package: 'org.acme:published',
        id: 'CVE-2024-1',
        vulnerableVersions: ['<2'],
      },
    ],
  },
  { updatedAt },
)

let home: string
let registry: RegistryServer

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const { signal } = new AbortController()
  const variables = {
    HOME: home,
    PORTOLAN_DATA_DIR: join(home, 'data'),
    PORTOLAN_DB_REPOSITORY: `${registry.host}/security/db`,
    ...env,
  }
  const code = await runProgram(
    args,
    createContext({ env: variables, stdin: Readable.from(['']), stdout, stderr, signal }),
  )
  stdout.end()
  stderr.end()
  return { code, out: await text(stdout), err: await text(stderr) }
}

const scan = (): string[] => ['image', '--insecure', '--format', 'json', `${registry.host}/acme/java:1`]
const withJava = (): Record<string, string> => ({
  PORTOLAN_JAVA_DB_REPOSITORY: `${registry.host}/security/java-db`,
})

beforeAll(async () => {
  registry = await startRegistryServer()
  pushBuilt(registry, 'acme/java', ['1'], buildImage({ layers: [{ files: { 'app/a.jar': jar } }] }))
  registry.put({ repository: 'security/db', tags: ['2'], ...database.artifact })
  registry.put({ repository: 'security/java-db', tags: ['1'], ...javaDatabase.artifact })
})
afterAll(() => registry.close())
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'portolan-java-'))
  return () => rmSync(home, { recursive: true, force: true })
})

describe('an archive that does not say its name', () => {
  it('is left out without the Java database, and a note names the remedy', async () => {
    const done = await run(scan())
    expect(done.code).toBe(0)
    expect(done.out).not.toContain('CVE-2024-1')
    expect(done.out + done.err).toContain(
      'there is no Java database. Fetch it with \\"portolan db update\\".',
    )
  })

  it('gets its name from the Java database, which is fetched when it is needed', async () => {
    const done = await run(scan(), withJava())
    expect(done).toMatchObject({ code: 0, err: '' })
    expect(done.out).toContain('CVE-2024-1')
    expect(JSON.parse((await run(['db', 'status', '--format', 'json'])).out)).toMatchObject({
      java: { source: `${registry.host}/security/java-db:1`, stale: false },
    })
  })

  it('is left out when the Java database cannot be fetched, and the rest goes on', async () => {
    const done = await run(scan(), { PORTOLAN_JAVA_DB_REPOSITORY: `${registry.host}/security/none` })
    expect(done.code).toBe(0)
    expect(done.err).toContain('No Java database could be fetched.')
  })

  it('is not looked up over the network with --offline', async () => {
    await run(['db', 'update', '--insecure'])
    const done = await run([...scan(), '--offline'], withJava())
    expect(done).toMatchObject({ code: 0, err: '' })
    expect(done.out).not.toContain('CVE-2024-1')
  })
})

describe('portolan db', () => {
  it('updates both databases', async () => {
    const done = await run(['db', 'update', '--insecure'], withJava())
    expect(done).toMatchObject({ code: 0, err: '' })
    expect(done.out).toMatch(/^Fetched\.\nVulnerability data .*Fetched\.\nJava database /s)
    expect(
      (await run(['db', 'update', '--insecure'], withJava())).out.match(/Nothing newer\./g),
    ).toHaveLength(2)
    expect((await run(['db', 'status'])).out).toMatch(/^Vulnerability data .*^Java database updated /ms)
  })

  it('updates the vulnerability database though the Java database fails', async () => {
    const done = await run(['db', 'update', '--insecure'], {
      PORTOLAN_JAVA_DB_REPOSITORY: `${registry.host}/acme/java:1`,
    })
    expect(done.code).toBe(0)
    expect(done.err).toContain('The artifact is no Java database')
    expect((await run(['db', 'status'])).out).toContain('No Java database yet.')
  })

  it('tells by the artifact which database a reference names', async () => {
    for (const reference of ['security/java-db', 'security/java-db:1']) {
      const done = await run(['db', 'update', '--insecure', `${registry.host}/${reference}`])
      expect(done).toMatchObject({ code: 0, err: '' })
      expect(done.out).toContain('Java database')
    }
    const neither = await run(['db', 'update', '--insecure', `${registry.host}/acme/java:1`])
    expect(neither.code).toBe(1)
    expect(neither.err).toContain('The artifact is no vulnerability database')
  })

  it('tells by the file which database it imports', async () => {
    writeFileSync(join(home, 'java.tar.gz'), javaDatabase.layer)
    await javaDatabase.writeFolder(join(home, 'folder'))
    for (const path of ['java.tar.gz', 'folder', 'folder/trivy-java.db']) {
      const done = await run(['db', 'import', join(home, path)])
      expect(done).toMatchObject({ code: 0, err: '' })
      expect(done.out).toContain('Java database')
    }
    expect((await run(scan())).out).toContain('CVE-2024-1')
  })

  it('refuses a Java database that is none', async () => {
    const folder = join(home, 'broken')
    await javaDatabase.writeFolder(folder)
    writeFileSync(join(folder, 'trivy-java.db'), 'no SQLite')
    const done = await run(['db', 'import', folder])
    expect(done.err).toContain('The Java database is damaged')
    expect(done.err).toContain('Code: database-corrupt')
  })
})
