import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Config, loadConfig } from '../../src/app/config.ts'
import { type RunningServer, serve } from '../../src/app/serve.ts'
import { createAuthority } from '../../src/test-support/certificates.ts'
import { embeddedDataFolder, postgresMissing, postgresUrl } from '../../src/test-support/databases/index.ts'

const TOKEN = 'a-token-for-the-end-to-end-tests'
const headers = { authorization: `Bearer ${TOKEN}` }
const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

async function folder(): Promise<string> {
  const fresh = await embeddedDataFolder()
  made.push(fresh)
  return fresh
}

function configFor(dataDir: string, more: Record<string, string> = {}): Promise<Config> {
  return loadConfig({
    PORTOLAN_DATA_DIR: dataDir,
    PORTOLAN_PORT: '0',
    PORTOLAN_ADMIN_TOKEN: TOKEN,
    PORTOLAN_DB_UPDATE_HOURS: '0',
    PORTOLAN_LOG_LEVEL: 'silent',
    ...more,
  })
}

describe('the server', () => {
  it('tells on its first start how to sign in, and never again', async () => {
    const dataDir = await folder()
    const lines: string[] = []
    const config = await configFor(dataDir)
    const first = await serve({ config, print: (line) => lines.push(line) })
    const password = first.firstUser?.password.reveal() ?? ''
    expect(lines.join('\n')).toContain(`Portolan is at ${first.address}`)
    expect(lines.join('\n')).toContain(password)
    const signIn = (address: string) =>
      fetch(`${address}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: first.firstUser?.email, password }),
      })
    expect((await signIn(first.address)).status).toBe(200)
    const cookie = (await signIn(first.address)).headers.getSetCookie()[0]?.split(';')[0] ?? ''
    await first.close()

    lines.length = 0
    const second = await serve({ config, print: (line) => lines.push(line) })
    expect(second.firstUser).toBeNull()
    expect(lines.join('\n')).not.toContain('password')
    const session = await fetch(`${second.address}/api/v1/session`, { headers: { cookie } })
    expect(await session.json()).toMatchObject({
      user: { name: 'Administrator' },
      organisation: { id: 'default' },
      role: 'admin',
    })
    await second.close()
    await second.stopped
  })

  it('keeps its data folder and its keys to itself', async () => {
    const dataDir = await folder()
    const server = await serve({ config: await configFor(dataDir), print: () => {} })
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
    expect(statSync(join(dataDir, 'secret.key')).mode & 0o777).toBe(0o600)
    await server.close()
  })

  it('refuses a data folder that another server uses, and lets the first one live', async () => {
    const config = await configFor(await folder())
    const first = await serve({ config, print: () => {} })
    await expect(serve({ config, print: () => {} })).rejects.toMatchObject({
      code: 'data-folder-locked',
      publicMessage: expect.stringContaining(String(process.pid)),
    })
    expect((await fetch(`${first.address}/health/ready`)).status).toBe(200)
    await first.close()
  })

  it('says when its port is taken, and frees everything', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const dataDir = await folder()
    const config = await configFor(dataDir, { PORTOLAN_PORT: String(port) })
    await expect(serve({ config, print: () => {} })).rejects.toMatchObject({ code: 'port-in-use' })
    taken.close()
    const server = await serve({ config: await configFor(dataDir), print: () => {} })
    await server.close()
  })

  it('refuses a data folder that cannot be made', async () => {
    const config = await configFor('/dev/null/portolan')
    await expect(serve({ config })).rejects.toMatchObject({ code: 'data-folder-unusable' })
  })

  it('speaks TLS with the operator’s certificate, and marks its cookies as secure', async () => {
    const dataDir = await folder()
    const authority = createAuthority()
    const identity = authority.issue(['IP:127.0.0.1'])
    const [cert, key] = [join(dataDir, 'cert.pem'), join(dataDir, 'key.pem')]
    writeFileSync(cert, identity.cert)
    writeFileSync(key, identity.key)
    const config = await configFor(dataDir, { PORTOLAN_TLS_CERT: cert, PORTOLAN_TLS_KEY: key })
    const server = await serve({ config: { ...config, host: '127.0.0.1' }, print: () => {} })
    expect(server.address).toMatch(/^https:/)
    const [status, headers] = await signInOverTls(server, authority.cert)
    expect(status).toBe(200)
    expect(headers['set-cookie']?.[0]).toMatch(/^__Secure-portolan.*; Secure/)
    expect(headers['strict-transport-security']).toContain('max-age=')
    await server.close()
  })

  it.skipIf(postgresMissing)('runs on PostgreSQL, two processes on one database', async () => {
    const url = await postgresUrl()
    const servers = await Promise.all(
      [1, 2].map(async () => {
        const dataDir = mkdtempSync(join(tmpdir(), 'portolan-e2e-'))
        made.push(dataDir)
        const config = await configFor(dataDir, { PORTOLAN_DATABASE_URL: url })
        return serve({ config, print: () => {} })
      }),
    )
    expect(servers.filter(({ firstUser }) => firstUser !== null)).toHaveLength(1)
    for (const { address } of servers) {
      const answer = await fetch(`${address}/api/v1/images`, { headers })
      expect(await answer.json()).toEqual({ items: [], nextCursor: null, total: '0' })
    }
    await Promise.all(servers.map((server) => server.close()))
  })
})

async function signInOverTls(
  server: RunningServer,
  ca: string,
): Promise<[number | undefined, IncomingHttpHeaders]> {
  const sent = request(`${server.address}/api/auth/sign-in/email`, {
    method: 'POST',
    ca,
    headers: { 'content-type': 'application/json' },
  })
  const { email, password } = server.firstUser ?? {}
  sent.end(JSON.stringify({ email, password: password?.reveal() }))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  return [answer.statusCode, answer.headers]
}

describe('the command `portolan serve`', () => {
  let dataDir: string
  beforeAll(async () => {
    dataDir = await folder()
  })

  function start(): ChildProcess {
    const env = {
      PATH: process.env['PATH'],
      HOME: dataDir,
      PORTOLAN_DATA_DIR: dataDir,
      PORTOLAN_PORT: '0',
      PORTOLAN_ADMIN_TOKEN: TOKEN,
      PORTOLAN_DB_UPDATE_HOURS: '0',
      PORTOLAN_LOG_LEVEL: 'warn',
    }
    const args = ['--disable-warning=ExperimentalWarning', 'src/cli/main.ts', 'serve']
    return spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** Reads on behind what it waits for: a server whose output nobody takes ends, as a command before `| head` does. */
  function output(child: ChildProcess, until: RegExp): Promise<string> {
    let text = ''
    return new Promise((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (until.test(text)) resolve(text)
      })
      child.once('exit', () => reject(new Error(`it ended: ${text}`)))
    })
  }

  it('prints its address, answers, and ends by itself on SIGTERM', async () => {
    const child = start()
    const text = await output(child, /data is in/)
    const address = /http:\/\/[\w.:]+/.exec(text)?.[0] ?? ''
    expect((await fetch(`${address}/api/v1/session`, { headers })).status).toBe(200)
    const stream = await fetch(`${address}/api/v1/events`, { headers })
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    await stream.text()
  })

  it('starts again after kill -9', async () => {
    const child = start()
    await output(child, /data is in/)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const again = start()
    const text = await output(again, /data is in/)
    expect(text).toContain('Portolan is at')
    again.kill('SIGTERM')
    expect(await once(again, 'exit')).toEqual([0, null])
  })
})
