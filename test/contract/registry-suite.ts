import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../src/core/index.ts'
import type { CheckStep, ListedTag, RegistryConnector, RegistryProvider } from '../../src/registries/index.ts'
import { testHttp } from '../../src/test-support/http.ts'
import type { BuiltImage, BuiltIndex } from '../../src/test-support/image-builder/index.ts'
import { Cleanup, everything, failureOf } from '../../src/test-support/registry-client.ts'

export interface SeededTag {
  readonly repository: string
  readonly tag: string
  readonly built: BuiltImage | BuiltIndex
}

/** A registry with known content, and the form that connects it. */
export interface SeededRegistry {
  readonly host: string
  readonly settings: Readonly<Record<string, unknown>>
  /** Credentials that it refuses; undefined where it asks for none. */
  readonly wrongSettings?: Readonly<Record<string, unknown>>
  readonly seeds: readonly SeededTag[]
  close(): Promise<void>
}

/** What every platform's connector must do, against a registry that speaks as that platform does. */
export function registryContract(
  name: string,
  provider: RegistryProvider,
  start: () => Promise<SeededRegistry>,
): void {
  describe(name, () => {
    const cleanup = new Cleanup()
    let seeded: SeededRegistry
    beforeAll(async () => {
      seeded = cleanup.keep(await start())
    })
    afterAll(() => cleanup.close())

    const open = (settings = seeded.settings): RegistryConnector =>
      cleanup.keep(provider.open(settings, { http: testHttp, clock: systemClock }))

    async function tagsOf(connector: RegistryConnector, repository: string): Promise<ListedTag[]> {
      return (await everything(connector.tags(repository))).flatMap((page) => page.tags)
    }

    it('passes its check', async () => {
      const steps: readonly CheckStep[] = await open().check()
      expect(steps.map(({ id }) => id)).toEqual(['network', 'tls', 'sign-in', 'list', 'pull'])
      expect(steps.filter(({ state }) => state === 'failed' || state === 'skipped')).toEqual([])
    })

    it('names its host as references do', () => {
      expect(open().host).toBe(seeded.host)
    })

    it('lists every repository once', async () => {
      const names = (await everything(open().repositories())).flatMap((page) =>
        page.repositories.map(({ name }) => name),
      )
      expect(names.toSorted()).toEqual([...new Set(seeded.seeds.map(({ repository }) => repository))].sort())
    })

    it('lists every tag with the digest that it points to', async () => {
      const connector = open()
      for (const repository of new Set(seeded.seeds.map((one) => one.repository))) {
        const wanted = seeded.seeds.filter((one) => one.repository === repository)
        const listed = await tagsOf(connector, repository)
        const digests = listed.map(({ name: tag, digest }) => [tag, digest])
        expect(Object.fromEntries(digests)).toEqual(
          Object.fromEntries(wanted.map(({ tag, built }) => [tag, built.manifest.digest])),
        )
        expect(listed).toHaveLength(wanted.length)
      }
    })

    it('resolves a tag as it lists it', async () => {
      const connector = open()
      for (const { repository, tag, built } of seeded.seeds) {
        expect(await connector.resolve(repository, tag)).toEqual({
          digest: built.manifest.digest,
          mediaType: built.manifest.mediaType,
          size: built.manifest.bytes.length,
        })
      }
    })

    it('pulls manifests and blobs byte for byte', async () => {
      const connector = open()
      for (const { repository, tag, built } of seeded.seeds) {
        const source = connector.source(repository)
        const manifest = await source.manifest(tag)
        expect(Buffer.from(manifest.bytes).equals(Buffer.from(built.manifest.bytes))).toBe(true)
        expect(manifest.digest).toBe(built.manifest.digest)
        for (const [digest, bytes] of built.blobs) {
          const pulled = Buffer.concat(await (await source.blob({ digest, size: bytes.length })).toArray())
          expect(`sha256:${createHash('sha256').update(pulled).digest('hex')}`).toBe(digest)
        }
      }
    })

    it('tells what is gone from what is refused', async () => {
      const connector = open()
      const repository = seeded.seeds[0]?.repository ?? ''
      expect(await failureOf(connector.resolve(repository, 'gone'))).toMatchObject({ kind: 'not-found' })
      expect(await failureOf(tagsOf(connector, 'acme/gone'))).toMatchObject({ kind: 'not-found' })
    })

    it('refuses wrong credentials, in its check and elsewhere', async () => {
      if (!seeded.wrongSettings) return
      const connector = open(seeded.wrongSettings)
      const steps = await connector.check()
      expect(steps.find(({ state }) => state === 'failed')).toMatchObject({
        id: 'sign-in',
        code: 'credentials-refused',
      })
      expect(await failureOf(everything(connector.repositories()))).toMatchObject({ kind: 'auth' })
    })

    it('never shows a secret', async () => {
      const error = await failureOf(open().resolve('acme/gone', 'gone'))
      const secrets = Object.values(seeded.settings).filter((value) => value instanceof Secret)
      for (const secret of secrets) expect(JSON.stringify(error)).not.toContain(String(secret.reveal()))
    })
  })
}
