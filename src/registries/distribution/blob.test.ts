import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Digest, digestFromHex } from '../../core/index.ts'
import { serve } from '../../test-support/http-servers.ts'
import { Cleanup, failureOf, password, testClient } from '../../test-support/registry-client.ts'
import { faults, type RegistryServer, startRegistryServer } from '../../test-support/registry-server/index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const bytes = randomBytes(9 << 20)
const digest = digestFromHex(createHash('sha256').update(bytes).digest('hex'))
const descriptor = { digest, size: bytes.length }
const blobs = new Map<Digest, Uint8Array>([[digest, bytes]])
const manifest = { bytes: Buffer.from('{}'), mediaType: 'application/vnd.oci.image.manifest.v1+json' }
const at = { target: 'blob' } as const
const users = { ann: 'correct horse' }

let registry: RegistryServer
async function start(options: Parameters<typeof startRegistryServer>[0] = {}) {
  registry = cleanup.keep(await startRegistryServer(options))
  registry.put({ repository: 'acme/api', tags: ['1'], manifest, blobs })
}
beforeEach(() => start())

const client = (options: Parameters<typeof testClient>[2] = {}) => testClient(cleanup, registry.host, options)

async function read(
  options: { verify?: boolean } = {},
  wanted = descriptor,
  from = client(),
): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of await from.blob('acme/api', wanted, options)) parts.push(part as Uint8Array)
  return Buffer.concat(parts)
}

async function error(options: { verify?: boolean } = {}, wanted = descriptor) {
  return failureOf(read(options, wanted))
}

describe('blob', () => {
  it('gives the bytes, verified or not', async () => {
    expect((await read()).equals(bytes)).toBe(true)
    expect((await read({ verify: false })).equals(bytes)).toBe(true)
    expect(registry.requests.count('blob', digest)).toBe(2)
  })

  it('gives an empty blob', async () => {
    const empty = digestFromHex(createHash('sha256').digest('hex'))
    registry.put({ repository: 'acme/api', manifest, blobs: new Map([[empty, new Uint8Array()]]) })
    expect(await read({}, { digest: empty, size: 0 })).toHaveLength(0)
  })

  it('says at once what is not there', async () => {
    const digest = `sha256:${'0'.repeat(64)}` as Digest
    expect(await failureOf(client().blob('acme/api', { digest, size: 1 }))).toMatchObject({
      code: 'blob-not-found',
      kind: 'not-found',
    })
  })

  it('fails at its end when one bit is another', async () => {
    registry.faults = [faults.flip(at)]
    expect(await error()).toMatchObject({ code: 'blob-digest-mismatch', kind: 'invalid' })
    expect((await read({ verify: false })).equals(bytes)).toBe(false)
  })

  it('stops at the size that is stated', async () => {
    expect(await error({ verify: false }, { digest, size: 1000 })).toMatchObject({
      code: 'blob-too-large',
      kind: 'invalid',
    })
  })

  it('knows a blob that ends too early from a broken transfer', async () => {
    expect(await error({ verify: false }, { digest, size: bytes.length + 1 })).toMatchObject({
      code: 'blob-truncated',
      kind: 'invalid',
    })
    registry.faults = [faults.shorten(1, { ...at, times: 1 })]
    expect((await read()).equals(bytes)).toBe(true)
  })
})

describe('a broken transfer', () => {
  it('is taken up where it broke', async () => {
    registry.faults = [faults.cut(3_000_000, { ...at, times: 2 })]
    expect((await read()).equals(bytes)).toBe(true)
    const ranges = registry.requests.of('blob').map(({ range }) => range)
    expect(ranges[0]).toBeUndefined()
    expect(ranges.slice(1).every((range) => /^bytes=\d+-$/.test(range ?? ''))).toBe(true)
    const starts = ranges.slice(1).map((range) => Number(range?.slice(6, -1)))
    expect(starts).toEqual([...starts].sort((a, b) => a - b))
    expect(Math.max(...starts)).toBeGreaterThan(2_000_000)
  })

  it('is begun anew where Range is ignored, without giving a byte twice', async () => {
    registry.faults = [faults.ignoreRange(() => bytes), faults.cut(3_000_000, { ...at, times: 1 })]
    expect((await read()).equals(bytes)).toBe(true)
    expect(registry.requests.count('blob')).toBe(2)
  })

  it('is refused when it goes on at another place', async () => {
    registry.faults = [
      faults.cut(3_000_000, { ...at, times: 1 }),
      (_, reply) =>
        reply.status === 206
          ? {
              ...reply,
              headers: {
                ...reply.headers,
                'content-range': `bytes ${bytes.length - 1}-${bytes.length - 1}/${bytes.length}`,
              },
            }
          : reply,
    ]
    expect(await error()).toMatchObject({ code: 'range-invalid', kind: 'invalid' })
  })

  it('ends after a few tries without progress', async () => {
    registry.faults = [faults.cut(0, at)]
    expect(await error()).toMatchObject({ kind: 'temporary' })
    expect(registry.requests.count('blob')).toBeLessThanOrEqual(6)
  })

  it('is whole when it breaks behind the last byte', async () => {
    const breaking = await serve(cleanup, (request, response) => {
      response.statusCode = request.headers.range === undefined ? 200 : 416
      // No length is stated, so only the end of the answer says that this was all: it never comes.
      response.write(bytes, () => request.socket.destroy())
    })
    const from = testClient(cleanup, new URL(breaking.url).host)
    expect((await read({}, descriptor, from)).equals(bytes)).toBe(true)
  })

  it('ends where the registry sends a byte now and then', async () => {
    // Drips for as long as it is listened to; each look at the clock finds it a minute later.
    const drip = await serve(cleanup, (_, response) => {
      response.writeHead(200, { 'content-length': bytes.length })
      const send = (): void => void (response.destroyed || response.write('x', () => setImmediate(send)))
      send()
    })
    let now = Date.UTC(2026, 0, 1)
    const clock = { now: () => (now += 60_000) }
    const from = testClient(cleanup, new URL(drip.url).host, { clock })
    expect(await failureOf(read({}, descriptor, from))).toMatchObject({ code: 'transfer-stalled' })
  })

  it('signs in anew where the token has ended', async () => {
    await start({ auth: { kind: 'bearer', users } })
    registry.faults = [
      (request, reply) => {
        if (request.target === 'blob' && reply.status === 200) {
          registry.revokeTokens()
          return { ...reply, cutAfter: 100_000 }
        }
        return reply
      },
    ]
    const signedIn = client({ credentials: password('ann', 'correct horse') })
    expect((await read({}, descriptor, signedIn)).equals(bytes)).toBe(true)
    expect(registry.requests.count('token')).toBe(2)
  })
})

describe('a redirect to storage', () => {
  it('carries no Authorization to another origin', async () => {
    await start({ auth: { kind: 'basic', users }, blobsElsewhere: true })
    const signedIn = client({ credentials: password('ann', 'correct horse') })
    expect((await read({}, descriptor, signedIn)).equals(bytes)).toBe(true)
    expect(registry.requests.of('blob').every(({ authorization }) => authorization)).toBe(true)
    expect(registry.storageRequests.all.map(({ authorization }) => authorization)).toEqual([undefined])
  })

  it('is asked for again at the registry when the transfer breaks', async () => {
    await start({ blobsElsewhere: true })
    registry.faults = []
    const stream = await client().blob('acme/api', descriptor)
    stream.destroy()
    await once(stream, 'close')
    expect((await read()).equals(bytes)).toBe(true)
    expect(registry.requests.count('blob')).toBe(2)
  })
})

describe('a reader who gives up', () => {
  it('ends the transfer, also while the registry is silent', async () => {
    const stream = await client().blob('acme/api', descriptor, { verify: false })
    await once(stream, 'readable')
    stream.destroy()
    await once(stream, 'close')
    expect(stream.destroyed).toBe(true)
  })

  it('is heard by signal too', async () => {
    const controller = new AbortController()
    const stream = await client().blob('acme/api', descriptor, { signal: controller.signal })
    const failed = failureOf(
      (async () => {
        for await (const _ of stream) controller.abort()
      })(),
    )
    expect(await failed).toMatchObject({ code: 'cancelled', kind: 'cancelled' })
  })
})
