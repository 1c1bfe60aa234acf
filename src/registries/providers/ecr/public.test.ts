import { afterEach, describe, expect, it } from 'vitest'
import { DEFAULT_PLATFORM, parseImageReference, systemClock } from '../../../core/index.ts'
import { resolveImage } from '../../../images/index.ts'
import { buildImage, buildIndex } from '../../../test-support/image-builder/index.ts'
import { startPublicEcrWorld } from '../../../test-support/platforms/ecr/public.ts'
import { Cleanup } from '../../../test-support/registry-client.ts'
import { createDistributionClient, imageSource } from '../../index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: 'a' } }] })
const built = buildIndex([image])

async function start() {
  const world = cleanup.keep(await startPublicEcrWorld())
  const { registry, repository } = parseImageReference('public.ecr.aws/docker/library/alpine:3.20')
  world.push(repository, '3.20', built)
  const http = cleanup.keep(world.internet.http())
  const client = createDistributionClient({ http, host: registry, clock: systemClock })
  return { world, client, repository, source: imageSource(client, repository) }
}

/** The public images of Amazon ECR, as the command line reads any registry's. */
describe('public.ecr.aws', () => {
  it('gives its images to nobody in particular', async () => {
    const { world, source } = await start()
    const manifest = await source.manifest('3.20')
    expect(manifest.digest).toBe(built.manifest.digest)
    for (const [digest, bytes] of image.blobs) {
      const blob = Buffer.concat(await (await source.blob({ digest, size: bytes.length })).toArray())
      expect(blob.equals(Buffer.from(bytes))).toBe(true)
    }
    expect(world.internet.requests.filter((line) => line.includes('/token/'))).toHaveLength(1)
  })

  it('resolves to the image of a platform', async () => {
    const { source } = await start()
    const resolved = await resolveImage(source, '3.20', DEFAULT_PLATFORM)
    expect(JSON.stringify(resolved)).toContain(image.manifest.digest)
  })

  it.each(['GET', 'HEAD'])('calls a token that has ended 400, and gives another: %s', async (method) => {
    const { world, client, repository } = await start()
    const ask = () =>
      method === 'GET' ? client.manifest(repository, '3.20') : client.headManifest(repository, '3.20')
    await ask()
    world.expireTokens()
    expect((await ask()).digest).toBe(built.manifest.digest)
  })
})
