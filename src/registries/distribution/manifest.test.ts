import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Digest } from '../../core/index.ts'
import { buildImage, buildIndex } from '../../test-support/image-builder/index.ts'
import {
  Cleanup,
  failureOf,
  password,
  type TestClient,
  testClient,
} from '../../test-support/registry-client.ts'
import {
  faults,
  pushBuilt,
  type RegistryServer,
  startRegistryServer,
} from '../../test-support/registry-server/index.ts'
import { largestManifest } from './manifest.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: 'a' } }] })
const docker = buildImage({ layers: [{ files: { a: 'a' } }], mediaTypes: 'docker' })
const index = buildIndex([
  image,
  buildImage({ layers: [], platform: { os: 'linux', architecture: 'arm64' } }),
])
const nothing = `sha256:${'0'.repeat(64)}` as Digest
const at = { target: 'manifest' } as const

let registry: RegistryServer
let client: TestClient
beforeEach(async () => {
  registry = cleanup.keep(await startRegistryServer())
  client = testClient(cleanup, registry.host)
  pushBuilt(registry, 'acme/api', ['oci'], image)
  pushBuilt(registry, 'acme/api', ['docker'], docker)
  pushBuilt(registry, 'acme/api', ['index'], index)
})

const read = (reference: string) => client.manifest('acme/api', reference)

describe('manifest', () => {
  it.each([
    ['oci', image],
    ['docker', docker],
    ['index', index],
  ])('gives the exact bytes, type and digest of %s, by tag and by digest', async (tag, built) => {
    for (const reference of [tag, built.manifest.digest]) {
      const manifest = await read(reference)
      expect(Buffer.from(manifest.bytes).equals(Buffer.from(built.manifest.bytes))).toBe(true)
      expect(manifest.digest).toBe(built.manifest.digest)
      expect(manifest.mediaType).toBe(built.manifest.mediaType)
    }
  })

  it('always accepts all four media types', async () => {
    await read('oci')
    await client.headManifest('acme/api', 'oci')
    for (const { accept } of registry.requests.of('manifest')) {
      expect(accept?.split(', ').sort()).toEqual([
        'application/vnd.docker.distribution.manifest.list.v2+json',
        'application/vnd.docker.distribution.manifest.v2+json',
        'application/vnd.oci.image.index.v1+json',
        'application/vnd.oci.image.manifest.v1+json',
      ])
    }
  })

  it('says what is not there', async () => {
    const error = await failureOf(read('gone'))
    expect(error).toMatchObject({ code: 'manifest-not-found', kind: 'not-found' })
    expect(error.publicMessage).toContain('acme/api:gone')
    expect(await failureOf(read(nothing))).toMatchObject({ code: 'manifest-not-found' })
    expect(await failureOf(client.headManifest('acme/api', 'gone'))).toMatchObject({
      code: 'manifest-not-found',
    })
  })

  it('takes a name unknown as a missing repository', async () => {
    const body = { errors: [{ code: 'NAME_UNKNOWN', message: 'repository name not known' }] }
    registry.faults = [
      (_, reply) => ({ ...reply, status: 404, headers: {}, body: Buffer.from(JSON.stringify(body)) }),
    ]
    expect(await failureOf(read('oci'))).toMatchObject({ code: 'repository-not-found', kind: 'not-found' })
  })

  it('refuses other bytes than the digest that was asked for', async () => {
    registry.faults = [faults.flip(at)]
    expect(await failureOf(read(image.manifest.digest))).toMatchObject({
      code: 'manifest-digest-mismatch',
      kind: 'invalid',
    })
  })

  it('refuses other bytes than the digest that is stated for a tag', async () => {
    registry.faults = [faults.headers({ 'docker-content-digest': nothing }, at)]
    expect(await failureOf(read('oci'))).toMatchObject({ code: 'manifest-digest-mismatch' })
    expect(await read(image.manifest.digest)).toMatchObject({ digest: image.manifest.digest })
  })

  it('computes the digest where none is stated, or in another algorithm', async () => {
    for (const stated of [undefined, `sha512:${'0'.repeat(128)}`]) {
      registry.faults = [faults.headers({ 'docker-content-digest': stated }, at)]
      expect((await read('oci')).digest).toBe(image.manifest.digest)
      expect((await client.headManifest('acme/api', 'oci')).digest).toBe(image.manifest.digest)
    }
  })

  it('caps a manifest, announced or not', async () => {
    const huge = Buffer.alloc(largestManifest + 1, ' ')
    registry.faults = [faults.body(huge, at)]
    const error = await failureOf(read('oci'))
    expect(error).toMatchObject({ code: 'manifest-too-large', kind: 'invalid' })
    expect(error.publicMessage).toContain('8 MB')
    registry.faults = [faults.body(huge, at), faults.headers({ 'transfer-encoding': 'chunked' }, at)]
    expect(await failureOf(read('oci'))).toMatchObject({ code: 'manifest-too-large' })
  })

  it('is read where it is redirected to, without our credentials there', async () => {
    const users = { ann: 'correct horse' }
    const elsewhere = cleanup.keep(await startRegistryServer())
    pushBuilt(elsewhere, 'acme/api', ['oci'], image)
    const first = cleanup.keep(await startRegistryServer({ auth: { kind: 'basic', users } }))
    first.faults = [faults.redirect(`${elsewhere.url}/v2/acme/api/manifests/oci`, at)]
    const signedIn = testClient(cleanup, first.host, { credentials: password('ann', 'correct horse') })
    expect((await signedIn.manifest('acme/api', 'oci')).digest).toBe(image.manifest.digest)
    expect(first.requests.of('manifest')[0]?.authorization).toMatch(/^Basic /)
    expect(elsewhere.requests.all.map(({ authorization }) => authorization)).toEqual([undefined])
  })

  it('knows a web page from a manifest', async () => {
    registry.faults = [faults.html(at)]
    const error = await failureOf(read('oci'))
    expect(error).toMatchObject({ code: 'not-a-registry', kind: 'invalid' })
    expect(error.publicMessage).toContain('This is not a registry API')
    expect(await failureOf(client.headManifest('acme/api', 'oci'))).toMatchObject({ code: 'not-a-registry' })
  })

  it.each([
    '..',
    'a/b',
    '',
    '-x',
    'a'.repeat(129),
    'a?b',
    'a%2fb',
    'sha256:abc',
    'sha512:00',
    '\u001b[31m',
  ])('sends nothing for the reference %j', async (reference) => {
    expect(await failureOf(read(reference))).toMatchObject({ code: 'manifest-reference-invalid' })
    expect(registry.requests.all).toEqual([])
  })

  it.each([
    '../x',
    'A',
    'a//b',
    '',
    'a/../../b',
    'a?b',
    'a#b',
    'a/blobs/uploads/',
    'x'.repeat(256),
  ])('sends nothing for the repository %j', async (repository) => {
    expect(await failureOf(client.manifest(repository, 'x'))).toMatchObject({
      code: 'repository-name-invalid',
    })
    expect(registry.requests.all).toEqual([])
  })
})

describe('headManifest', () => {
  it('gives digest, type and size without the manifest', async () => {
    expect(await client.headManifest('acme/api', 'index')).toEqual({
      digest: index.manifest.digest,
      mediaType: index.manifest.mediaType,
      size: index.manifest.bytes.length,
    })
    expect(registry.requests.all.map(({ method }) => method)).toEqual(['HEAD'])
  })

  it('fetches the manifest where there is no HEAD', async () => {
    registry.faults = [
      (request, reply) => (request.method === 'HEAD' ? { ...reply, status: 405, headers: {} } : reply),
    ]
    expect((await client.headManifest('acme/api', 'oci')).digest).toBe(image.manifest.digest)
  })
})

describe('the registry in trouble', () => {
  it.each([
    [429, 'registry-rate-limited', 'rate-limited'],
    [500, 'registry-failing', 'temporary'],
    [503, 'registry-failing', 'temporary'],
    [520, 'registry-failing', 'temporary'],
    [408, 'registry-failing', 'temporary'],
    [403, 'permission-missing', 'denied'],
    [400, 'registry-refused', 'invalid'],
    [418, 'registry-refused', 'invalid'],
  ])('%i is %s', async (status, code, kind) => {
    registry.faults = [faults.status(status, {}, at)]
    expect(await failureOf(read('oci'))).toMatchObject({ code, kind })
    expect(await failureOf(client.headManifest('acme/api', 'oci'))).toMatchObject({ code, kind })
  })

  it('reads a refusal that is written as a web page', async () => {
    const page = { 'content-type': 'text/html' }
    for (const [status, code] of [
      [404, 'manifest-not-found'],
      [403, 'permission-missing'],
      [400, 'not-a-registry'],
      [503, 'registry-failing'],
    ] as const) {
      registry.faults = [() => ({ status, headers: page, body: Buffer.from('<html>no</html>') })]
      expect(await failureOf(read('oci'))).toMatchObject({ code })
    }
  })

  it('takes a code for more than a status', async () => {
    const body = Buffer.from('{"errors":[{"code":"TOOMANYREQUESTS","message":"pull rate limit"}]}')
    registry.faults = [() => ({ status: 403, headers: {}, body })]
    const error = await failureOf(read('oci'))
    expect(error).toMatchObject({ code: 'registry-rate-limited', kind: 'rate-limited' })
    expect(error.publicMessage).toContain('pull rate limit')
  })

  it('waits for what Retry-After says, and says until when if that is too long', async () => {
    registry.faults = [faults.status(429, { 'retry-after': '3' }, { ...at, times: 2 })]
    await read('oci')
    expect(client.waits).toEqual([3000, 3000])
    registry.faults = [faults.status(429, { 'retry-after': 'Fri, 01 Jan 2100 00:00:00 GMT' }, at)]
    expect(await failureOf(read('oci'))).toMatchObject({
      code: 'registry-rate-limited',
      retryAt: Date.UTC(2100, 0, 1),
    })
  })

  it.each([
    'Client sent an HTTP request to an HTTPS server.\n',
    '<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>',
    "<!DOCTYPE HTML><p>Reason: You're speaking plain HTTP to an SSL-enabled server port.</p>",
  ])('names plain HTTP where HTTPS is wanted: %s', async (body) => {
    registry.faults = [() => ({ status: 400, headers: {}, body: Buffer.from(body) })]
    expect(await failureOf(client.ping())).toMatchObject({ code: 'https-required', kind: 'invalid' })
  })

  it('knows a web server from a registry', async () => {
    registry.faults = [faults.html()]
    expect(await failureOf(client.ping())).toMatchObject({ code: 'not-a-registry' })
    registry.faults = [faults.status(404, {})]
    expect(await failureOf(client.ping())).toMatchObject({ code: 'not-a-registry' })
    registry.faults = [() => ({ status: 200, headers: {}, body: Buffer.from('hello') })]
    expect(await failureOf(client.ping())).toMatchObject({ code: 'not-a-registry' })
    registry.faults = [() => ({ status: 200, headers: {}, body: Buffer.from('{}') })]
    expect(await client.ping()).toMatchObject({ scheme: 'none' })
  })
})
