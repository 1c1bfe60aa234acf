import { expect, it } from 'vitest'
import type { HttpRequest, HttpResponse } from '../../../src/platform/http/index.ts'
import { type Built, buildImage, buildIndex } from '../../../src/test-support/image-builder/index.ts'
import { everything } from '../../../src/test-support/registry-client.ts'
import {
  contentOf,
  day,
  digestless,
  fill,
  numbered,
  type Open,
  type StartWorld,
  tagsOf,
  through,
} from './content.ts'

/** Members of JSON that say when something came or changed; not when a token ends. */
const dates =
  /"((?!expire|issued|not_?before)[A-Za-z_]*(?:[Tt]ime|[Tt]imestamp|_at|_ts|updated|pushed|modified|created|At|Pushed|Updated))"\s*:\s*(?:"[^"]*"|\d[\d.e+]*)/g

const undated = (response: HttpResponse): HttpResponse => {
  if (!/json/.test(response.header('content-type') ?? '')) return response
  const bytes = async (limit: number): Promise<Uint8Array> => {
    const text = Buffer.from(await response.bytes(limit)).toString('utf8')
    return Buffer.from(text.replaceAll(dates, '"$1":null'))
  }
  return {
    ...response,
    bytes,
    async *stream() {
      yield await bytes(64 * 1024 * 1024)
    },
  }
}

/** Content that is rare, and that every platform has. */
export function oddities(startWorld: StartWorld, open: Open): void {
  it('lists what has no date', async () => {
    const world = await startWorld()
    const wanted = fill(world)
    const [first, , deep] = world.repositories
    const isManifest = ({ url }: HttpRequest): boolean => /\/(manifests|blobs)\//.test(String(url))
    const timeless = through(world, (request, response) =>
      isManifest(request) ? response : undated(response),
    )
    const connector = open(timeless)
    const content = await contentOf(connector)
    expect(content).toEqual(world.knowsDigests ? wanted : digestless(wanted))
    for (const repository of [first, deep]) {
      const pages = await everything(connector.tags(repository, { since: day(18) }))
      const tags = pages.flatMap((page) => page.tags)
      expect(tags.map((tag) => tag.pushedAt).filter((pushedAt) => pushedAt !== null)).toEqual([])
      // Whoever searches by date itself knows better than its answers say.
      if (pages.at(-1)?.partial === true) continue
      expect(tags.map((tag) => tag.name).toSorted()).toEqual(Object.keys(wanted[repository] ?? {}).toSorted())
    }
  })

  it('lists and gives what is no image for Linux as it is', async () => {
    const world = await startWorld()
    const [first] = world.repositories
    const image = numbered(1)
    const windows = buildImage({
      layers: [{ files: { windows: '1' } }],
      platform: { os: 'windows', architecture: 'amd64' },
    })
    const attestation = buildImage({
      layers: [{ files: { statement: '{}' } }],
      platform: { os: 'unknown', architecture: 'unknown' },
    })
    const { digest, bytes } = image.config
    const config = { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest, size: bytes.length }
    const odd: Record<string, Built> = {
      windows: buildIndex([windows]),
      attested: buildIndex([image, attestation]),
      chart: buildImage({ layers: [{ files: { number: '1' } }], manifest: { config } }),
      [`${image.manifest.digest.replace(':', '-')}.sig`]: numbered(5),
    }
    for (const [tag, built] of Object.entries(odd)) world.push(first, tag, built, day(1))
    const connector = open(world)
    expect((await tagsOf(connector, first)).map(({ name }) => name).toSorted()).toEqual(
      Object.keys(odd).toSorted(),
    )
    for (const [tag, built] of Object.entries(odd)) {
      const resolved = await connector.resolve(first, tag)
      expect(resolved).toMatchObject({ digest: built.manifest.digest, mediaType: built.manifest.mediaType })
      const manifest = await connector.source(first).manifest(resolved.digest)
      expect(Buffer.from(manifest.bytes).equals(Buffer.from(built.manifest.bytes))).toBe(true)
    }
  })
}
