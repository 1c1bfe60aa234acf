import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RegistryServer } from '../../../src/test-support/registry-server/index.ts'
import { buildVulnerabilityDatabase } from '../../../src/test-support/vulnerability-database/index.ts'
import { expectFailure, expectPlain, freshHome, portolan, type Run } from './command.ts'
import { good, rows } from './images.ts'
import { openWays, sawCredentials, user, type Ways } from './ways.ts'

const home = freshHome()
let ways: Ways

beforeAll(async () => {
  ways = await openWays()
  writeFileSync(join(home, 'ca.crt'), ways.authority)
  await buildVulnerabilityDatabase(rows, { updatedAt: new Date().toISOString() }).writeFolder(
    join(home, 'db'),
  )
})
afterAll(async () => {
  await ways.close()
  rmSync(home, { recursive: true })
})

interface How {
  readonly insecure?: boolean
  readonly password?: string
  /** Layers are read even if they are known. */
  readonly anew?: boolean
}

/** Scans the good image of a registry, with the test's authority trusted. */
function scan({ host }: Pick<RegistryServer, 'host'>, how: How = {}): Promise<Run> {
  const { insecure = true, password, anew = false } = how
  const flags = [
    ...(insecure ? ['--insecure'] : []),
    ...(anew ? ['--no-cache'] : []),
    ...(password === undefined ? [] : ['--username', user.username, '--password-stdin']),
  ]
  return portolan(home, ['image', '--db', 'db', ...flags, `${host}/${good.repository}:1`], {
    input: password ?? '',
    env: { NODE_EXTRA_CA_CERTS: join(home, 'ca.crt') },
  })
}

function expectFound(run: Run): void {
  expect(run).toMatchObject({ code: 0, err: '' })
  expectPlain(run)
  expect(run.out).toContain('CVE-2024-1')
  expect(run.out).toContain('CVE-2021-23337')
}

describe('portolan image, of a registry that cannot be used', () => {
  it.concurrent('wrong password', async () => {
    const run = await scan(ways.basic, { password: 'a wrong password' })
    expectFailure(run, 'credentials-refused', /Credentials refused: 127\.0\.0\.1:\d+/)
    expect(run.err).not.toContain('a wrong password')
    expectFailure(await scan(ways.basic), 'sign-in-required', /wants credentials/)
  })

  it.concurrent('unknown host', async () => {
    // No name server is asked: no label of a name is that long (RFC 1035, 2.3.4).
    const host = `${'a'.repeat(64)}.invalid`
    expectFailure(await scan({ host }), 'host-not-found', /cannot be found/)
  })

  it.concurrent('plain HTTP where HTTPS is wanted', async () => {
    const asked = await scan(ways.plain, { insecure: false, password: user.password })
    expectFailure(asked, 'not-tls', /not a TLS endpoint/)
    expect(ways.plain.requests.all).toEqual([])
  })

  it.concurrent('expired certificate', async () => {
    expectFailure(await scan(ways.expired, { insecure: false }), 'certificate-expired', /has expired/)
    expectFound(await scan(ways.tls, { insecure: false, password: user.password }))
  })

  it.concurrent('HTML instead of JSON', async () => {
    expectFailure(await scan(ways.webPage), 'not-a-registry', /web page/)
  })

  it.concurrent('realm on another host', async () => {
    const run = await scan(ways.realmElsewhere, { password: user.password })
    expectFailure(run, 'realm-untrusted', /another host, localhost:\d+; the credentials were not sent/)
    expect(ways.otherHost.requests.count('token')).toBe(0)
  })
})

describe('portolan image, of a registry that sends elsewhere', () => {
  it('leaves Authorization behind', async () => {
    expectFound(await scan(ways.blobsElsewhere, { password: user.password, anew: true }))
    expect(ways.blobsElsewhere.storageRequests.all.length).toBeGreaterThan(0)
    expectFound(await scan(ways.redirecting, { password: user.password, anew: true }))
    expect(ways.otherHost.requests.of('manifest').length).toBeGreaterThan(0)
    expect(ways.otherHost.requests.of('blob').length).toBeGreaterThan(0)
    expect(sawCredentials(ways.otherHost)).toBe(false)
    expect(
      ways.blobsElsewhere.storageRequests.all.map(({ authorization }) => authorization),
    ).not.toContainEqual(expect.anything())
  })
})
