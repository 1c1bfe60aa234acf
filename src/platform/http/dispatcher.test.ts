import type { LookupFunction } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../core/index.ts'
import { testHttp } from '../../test-support/http.ts'
import { serve, textOf } from '../../test-support/http-servers.ts'
import { Cleanup, failureOf } from '../../test-support/registry-client.ts'
import { createAddressPolicy } from './address-policy.ts'
import { createHttpClient } from './client.ts'
import type { HttpRequest } from './ports.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const client = (options: Parameters<typeof testHttp>[0] = {}) => cleanup.keep(testHttp(options))
const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({ method: 'GET', url, ...more })

describe('addresses', () => {
  const strict = (lookup?: LookupFunction) =>
    cleanup.keep(
      createHttpClient({
        addresses: createAddressPolicy([]),
        clock: systemClock,
        ...(lookup ? { lookup } : {}),
        retry: { attempts: 1 },
      }),
    )

  it.each([
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://0x7f.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://10.0.0.1/',
  ])('refuses the literal %s, naming the setting', async (url) => {
    const error = await failureOf(strict().request(get(url)))
    expect(error).toMatchObject({ code: 'address-private', kind: 'denied' })
    expect(error.remedy).toContain('PORTOLAN_ALLOW_PRIVATE_NETWORKS')
  })

  it('judges what a name resolves to, in the very lookup that connects', async () => {
    let lookups = 0
    const inside: LookupFunction = (_, __, callback) => {
      lookups += 1
      callback(null, [{ address: '169.254.169.254', family: 4 }])
    }
    const error = await failureOf(strict(inside).request(get('https://localhost/v2/')))
    expect(error).toMatchObject({ code: 'address-forbidden' })
    expect(error.publicMessage).toContain('localhost (169.254.169.254)')
    expect(lookups).toBe(1)
  })

  it('connects to the addresses of a name that are allowed, and to no other', async () => {
    const server = await serve(cleanup, (_, response) => response.end('here'))
    const mixed: LookupFunction = (_, __, callback) => {
      callback(null, [
        { address: '169.254.169.254', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ])
    }
    const http = client({ addresses: createAddressPolicy(['localhost']), lookup: mixed })
    expect(await textOf(await http.request(get(server.url.replace('127.0.0.1', 'localhost'))))).toBe('here')
  })
})

describe('proxy', () => {
  it('goes through it, signed in, except to what bypasses it', async () => {
    const asked: string[] = []
    const proxy = await serve(cleanup, (request, response) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']}`)
      response.end('by proxy')
    })
    const direct = await serve(cleanup, (_, response) => response.end('direct'))
    const http = client({
      proxy: {
        url: new Secret(proxy.url.replace('//127.0.0.1', '//ann:pw@localhost')),
        bypass: ['127.0.0.1'],
      },
    })
    expect(await textOf(await http.request(get('http://registry.example.com/v2/')))).toBe('by proxy')
    expect(asked).toEqual(['http://registry.example.com/v2/ Basic YW5uOnB3'])
    expect(await textOf(await http.request(get(direct.url)))).toBe('direct')
  })

  it('is no way around the address policy', async () => {
    const proxy = await serve(cleanup, (_, response) => response.end('by proxy'))
    const http = client({
      addresses: createAddressPolicy([]),
      proxy: { url: new Secret(proxy.url), bypass: [] },
    })
    for (const url of [
      'http://169.254.169.254/',
      'http://localhost/',
      'http://metadata.google.internal/',
      'http://10.0.0.1/',
    ]) {
      expect(await failureOf(http.request(get(url)))).toMatchObject({ kind: 'denied' })
    }
  })
})
