import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toAppError } from '../../core/index.ts'
import { type Authority, createAuthority } from '../../test-support/certificates.ts'
import { listen, type Listening } from '../../test-support/registry-server/listen.ts'
import { testHttp } from '../../test-support/http.ts'
import { parseCertificates } from './certificates.ts'
import type { TlsSettings } from './ports.ts'

const stated: { authority?: Authority; stranger?: Authority } = {}
const servers = new Map<string, Listening>()

function serverOf(name: string): Listening {
  const server = servers.get(name)
  if (!server) throw new Error(`no server ${name}`)
  return server
}

beforeAll(async () => {
  const authority = createAuthority()
  stated.authority = authority
  stated.stranger = createAuthority()
  const identities = {
    good: authority.issue(['IP:127.0.0.1']),
    expired: authority.issue(['IP:127.0.0.1'], -1),
    other: authority.issue(['DNS:other.example.com']),
  }
  for (const [name, tls] of Object.entries(identities)) {
    servers.set(name, await listen((_, response) => response.end(name), { tls }))
  }
})

afterAll(async () => {
  for (const server of servers.values()) await server.close()
})

async function ask(name: string, tls: TlsSettings): Promise<string> {
  const http = testHttp(tls)
  try {
    const response = await http.request({ method: 'GET', url: serverOf(name).url, attempts: 1 })
    return Buffer.from(await response.bytes(100)).toString()
  } catch (error) {
    return toAppError(error).code
  } finally {
    await http.close()
  }
}

describe('TLS', () => {
  it('trusts an authority that is given, besides the usual ones', async () => {
    expect(await ask('good', { ca: stated.authority?.cert ?? '' })).toBe('good')
  })

  it('says what is wrong with a certificate', async () => {
    const ca = stated.authority?.cert ?? ''
    expect(await ask('good', {})).toBe('certificate-untrusted')
    expect(await ask('good', { ca: stated.stranger?.cert ?? '' })).toBe('certificate-untrusted')
    expect(await ask('expired', { ca })).toBe('certificate-expired')
    expect(await ask('other', { ca })).toBe('certificate-wrong-host')
  })

  it('verifies nothing only where that is asked for', async () => {
    expect(await ask('good', { verifyTls: false })).toBe('good')
    expect(await ask('expired', { verifyTls: false })).toBe('expired')
  })

  it('never goes from HTTPS to HTTP', async () => {
    const ca = stated.authority?.cert ?? ''
    const tls = stated.authority?.issue(['IP:127.0.0.1'])
    if (!tls) throw new Error('no authority')
    const plain = await listen((_, response) => response.end('plain'))
    const server = await listen((_, response) => response.writeHead(302, { location: plain.url }).end(), {
      tls,
    })
    servers.set('down', server)
    servers.set('plain', plain)
    expect(await ask('down', { ca })).toBe('redirect-refused')
  })

  it('says when a server knows no TLS that is still safe', async () => {
    const tls = stated.authority?.issue(['IP:127.0.0.1'])
    if (!tls) throw new Error('no authority')
    const old = { ...tls, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
    servers.set('old', await listen((_, response) => response.end(), { tls: old }))
    expect(await ask('old', { ca: stated.authority?.cert ?? '' })).toBe('tls-too-old')
  })
})

describe('parseCertificates', () => {
  it('finds the blocks of a bundle', () => {
    const { authority, stranger } = stated
    expect(parseCertificates(`# ours\n${authority?.cert}\n${stranger?.cert}`)).toHaveLength(2)
  })

  it.each([
    '',
    'text',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
  ])('refuses %j', (text) => {
    expect(() => parseCertificates(text)).toThrow(expect.objectContaining({ code: 'certificate-invalid' }))
  })
})
