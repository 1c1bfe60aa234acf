import { afterAll, describe, expect, it } from 'vitest'
import { parseDigest, Secret, systemClock } from '../../src/core/index.ts'
import { ociProvider } from '../../src/registries/providers/oci/index.ts'
import { hasPrograms } from '../../src/test-support/docker-registry.ts'
import { testHttp } from '../../src/test-support/http.ts'
import { Cleanup } from '../../src/test-support/registry-client.ts'
import { listen } from '../../src/test-support/registry-server/listen.ts'
import { registryContract } from './registry-suite.ts'
import { seed, seeds, startTarget, type Target, targetKinds, user } from './registry-targets.ts'

function settingsOf(target: Target, password: string): Record<string, unknown> {
  return {
    url: target.url,
    allowPlainHttp: true,
    ...(target.ca === undefined ? {} : { caCertificate: target.ca }),
    ...(target.needsCredentials ? { username: user.name, password: new Secret(password) } : {}),
  }
}

// Debian's docker-registry and skopeo are needed to prove this; without them the suites below are marked as skipped.
const installed = hasPrograms('docker-registry', 'skopeo')

for (const kind of targetKinds) {
  describe.skipIf(!installed)('the OCI provider', () => {
    registryContract(kind.name, ociProvider, async () => {
      const target = await kind.start()
      await seed(target)
      return {
        host: target.host,
        settings: settingsOf(target, user.password),
        ...(target.needsCredentials ? { wrongSettings: settingsOf(target, 'wrong') } : {}),
        seeds,
        close: () => target.close(),
      }
    })
  })
}

describe.skipIf(!installed)('a real registry, asked in the wrong way', () => {
  const cleanup = new Cleanup()
  afterAll(() => cleanup.close())

  async function failed(
    name: string,
    settings: (target: Target) => Record<string, unknown>,
  ): Promise<unknown> {
    const kind = targetKinds.find((one) => one.name === name)
    if (!kind) throw new Error(`no target ${name}`)
    const target = cleanup.keep(await kind.start())
    const environment = { http: testHttp, clock: systemClock }
    const connector = cleanup.keep(ociProvider.open(settings(target), environment))
    return (await connector.check()).find(({ state }) => state === 'failed')
  }

  it('over plain HTTP where it speaks HTTPS', async () => {
    const settings = ({ host }: Target) => ({ url: `http://${host}`, allowPlainHttp: true })
    expect(await failed('docker-registry, htpasswd and TLS under an own CA', settings)).toMatchObject({
      code: 'https-required',
    })
  })

  it('over HTTPS where it speaks plain HTTP', async () => {
    const settings = ({ host }: Target) => ({ url: `https://${host}` })
    expect(await failed('docker-registry, open', settings)).toMatchObject({ id: 'tls', code: 'not-tls' })
  })

  it('without its CA', async () => {
    const settings = ({ url }: Target) => ({ url })
    expect(await failed('docker-registry, htpasswd and TLS under an own CA', settings)).toMatchObject({
      id: 'tls',
      code: 'certificate-untrusted',
    })
  })

  it('without credentials', async () => {
    const settings = ({ url }: Target) => ({ url, allowPlainHttp: true })
    expect(await failed('docker-registry, htpasswd', settings)).toMatchObject({
      id: 'sign-in',
      code: 'sign-in-required',
    })
    // Its token server gives anybody a token, only with no rights.
    expect(await failed('docker-registry, tokens', settings)).toMatchObject({
      id: 'list',
      code: 'repositories-not-listed',
    })
  })
})

describe.skipIf(!installed)('a real registry that keeps its blobs elsewhere', () => {
  const cleanup = new Cleanup()
  afterAll(() => cleanup.close())

  it('is pulled from without our credentials there', async () => {
    const seen: { readonly path: string; readonly authorization: string | undefined }[] = []
    const blobs = new Map(seeds.flatMap(({ built }) => [...built.blobs]))
    const storage = cleanup.keep(
      await listen((message, response) => {
        seen.push({ path: message.url ?? '', authorization: message.headers.authorization })
        const [, hex = ''] = /([0-9a-f]{64})\/data/.exec(message.url ?? '') ?? []
        const bytes = blobs.get(parseDigest(`sha256:${hex}`))
        response.writeHead(bytes === undefined ? 404 : 200).end(bytes)
      }),
    )
    const target = cleanup.keep(await startTarget('htpasswd', { blobsAt: storage.url }))
    await seed(target)
    const connector = cleanup.keep(
      ociProvider.open(settingsOf(target, user.password), { http: testHttp, clock: systemClock }),
    )
    for (const { repository, built } of seeds) {
      for (const [digest, bytes] of built.blobs) {
        const stream = await connector.source(repository).blob({ digest, size: bytes.length })
        const pulled = Buffer.concat(await stream.toArray())
        expect(pulled.equals(Buffer.from(bytes))).toBe(true)
      }
    }
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.filter(({ authorization }) => authorization !== undefined)).toEqual([])
  })
})
