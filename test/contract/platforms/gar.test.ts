import { afterEach, describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../../src/core/index.ts'
import { garProvider } from '../../../src/registries/providers/gar/index.ts'
import { buildImage, buildIndex } from '../../../src/test-support/image-builder/index.ts'
import {
  type GoogleWorld,
  startGarWorld,
  StoredRepository,
} from '../../../src/test-support/platforms/google/index.ts'
import { type DiscoveryDocument, publishedDiscovery } from '../../../src/test-support/published-discovery.ts'
import { Cleanup, everything } from '../../../src/test-support/registry-client.ts'
import document from '../published/gar.json' with { type: 'json' }
import { platformContract } from '../platform-suite.ts'

platformContract('Google Artifact Registry, all locations', garProvider, startGarWorld)
platformContract('Google Artifact Registry, one region of a project of a domain', garProvider, (options) =>
  startGarWorld({ ...options, region: 'us-central1', project: 'example.com:web-prod' }),
)

const published = publishedDiscovery(document as DiscoveryDocument)
const cleanup = new Cleanup()
afterEach(() => cleanup.close())

async function startWorld(): Promise<GoogleWorld> {
  const world = cleanup.keep(await startGarWorld({ pageSize: 2 }))
  const image = buildImage({ layers: [{ files: { a: 'a' } }] })
  const [first, second, deep] = world.repositories
  world.push(first, '1', image, Date.UTC(2026, 0, 1))
  world.push(second, 'multi', buildIndex([image]), Date.UTC(2026, 0, 2))
  for (let tag = 0; tag < 101; tag += 1) world.push(deep, `t${tag}`, image, Date.UTC(2026, 0, 3) + tag)
  world.project.add(new StoredRepository('us', 'java', 'MAVEN'))
  world.project.add(new StoredRepository('us', 'mirror', 'DOCKER', 'REMOTE_REPOSITORY'))
  return world
}

describe('the fake of the Artifact Registry API', () => {
  it('answers every kind of request as its description says', async () => {
    const world = await startWorld()
    const token = world.accounts.issue('owner')
    const http = cleanup.keep(world.internet.http())
    const root = 'v1/projects/{projectsId}/locations'
    const repository = `${root}/{locationsId}/repositories/{repositoriesId}`
    const base = `projects/acme-prod-1234/locations/us/repositories/prod`
    const image = 'a.b%2Fc-d%2Fe_f%2Fdeep.est%2Fimage'
    const asked: readonly (readonly [path: string, url: string])[] = [
      [root, 'projects/acme-prod-1234/locations'],
      [`${root}/{locationsId}/repositories`, 'projects/acme-prod-1234/locations/us/repositories'],
      [`${repository}/dockerImages`, `${base}/dockerImages`],
      [`${repository}/dockerImages`, `projects/acme-prod-1234/locations/us/repositories/none/dockerImages`],
      [`${repository}/packages`, `${base}/packages`],
      [`${repository}/packages/{packagesId}/versions`, `${base}/packages/${image}/versions?view=FULL`],
      [`${repository}/packages/{packagesId}/versions`, `${base}/packages/${image}/versions`],
      [`${repository}/packages/{packagesId}/tags`, `${base}/packages/${image}/tags`],
    ]
    for (const [path, url] of asked) {
      const { body, status } = await read(http, `https://artifactregistry.googleapis.com/v1/${url}`, token)
      if (status === 200) expect(published.problems('GET', path, 200, body)).toEqual([])
      else expect(body).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } })
    }
  })

  it('is asked for nothing that its description does not have', async () => {
    const world = await startWorld()
    const settings = world.settingsOf('owner')
    const connector = cleanup.keep(
      garProvider.open(settings, { http: world.internet.http, clock: systemClock }),
    )
    if (connector.contents) await everything(connector.contents({ since: Date.UTC(2026, 0, 2) }))
    const pages = await everything(connector.repositories())
    for (const { name } of pages.flatMap(({ repositories }) => repositories))
      await everything(connector.tags(name))
    await connector.check()
    const requests = world.internet.requests.filter((line) => line.includes('//artifactregistry.'))
    expect(requests.length).toBeGreaterThan(10)
    expect(requests.map(published.requestProblem).filter((problem) => problem !== undefined)).toEqual([])
  })

  it('is held to its description', () => {
    const path = 'v1/projects/{projectsId}/locations/{locationsId}/repositories'
    const wrong = [{ repositories: [{ name: 1 }] }, { repositories: [{ sizeBytes: 5 }] }, { items: [] }]
    for (const body of wrong) expect(published.problems('GET', path, 200, body)).not.toEqual([])
    expect(published.requestProblem('GET https://artifactregistry.googleapis.com/v1/projects/x')).toContain(
      'not described',
    )
  })
})

async function read(
  http: ReturnType<GoogleWorld['internet']['http']>,
  url: string,
  token: string,
): Promise<{ status: number; body: unknown }> {
  const response = await http.request({ method: 'GET', url, authorization: new Secret(`Bearer ${token}`) })
  return {
    status: response.status,
    body: JSON.parse(Buffer.from(await response.bytes(1 << 20)).toString()) as unknown,
  }
}
