import type { HttpRequest, HttpResponse } from '../../../src/platform/http/index.ts'
import type {
  CheckStep,
  ListedTag,
  ListingOptions,
  RegistryConnector,
} from '../../../src/registries/index.ts'
import {
  type Built,
  type BuiltImage,
  buildImage,
  buildIndex,
} from '../../../src/test-support/image-builder/index.ts'
import type { PlatformWorld, PlatformWorldOptions } from '../../../src/test-support/platform-world.ts'
import { everything } from '../../../src/test-support/registry-client.ts'

const DAY = 86_400_000
export const day = (number: number): number => Date.UTC(2026, 0, 1) + number * DAY
/** The longest tag that there may be (distribution-spec, Pulling manifests). */
export const LONGEST_TAG = `v${'1'.repeat(127)}`

export const numbered = (number: number): BuiltImage =>
  buildImage({ layers: [{ files: { number: String(number) } }] })

export type StartWorld = (options?: PlatformWorldOptions) => Promise<PlatformWorld>
export type Open = (world: PlatformWorld, settings?: PlatformWorld['settings']) => RegistryConnector

/** Everything that a connector lists, however it lists: tag → digest by repository. */
export async function contentOf(
  connector: RegistryConnector,
  options: ListingOptions = {},
): Promise<Record<string, Record<string, string | null>>> {
  const found = new Map<string, ListedTag[]>()
  if (connector.contents) {
    for (const page of await everything(connector.contents(options))) {
      for (const each of page.repositories) {
        found.set(each.name, [...(found.get(each.name) ?? []), ...each.tags])
      }
    }
  } else {
    for (const repository of await namesOf(connector))
      found.set(repository, await tagsOf(connector, repository, options))
  }
  return Object.fromEntries(
    [...found].map(([repository, tags]) => [
      repository,
      Object.fromEntries(tags.map((tag) => [tag.name, tag.digest])),
    ]),
  )
}

export async function namesOf(connector: RegistryConnector): Promise<string[]> {
  const pages = await everything(connector.repositories())
  return pages.flatMap(({ repositories }) => repositories.map(({ name }) => name))
}

export async function tagsOf(
  connector: RegistryConnector,
  repository: string,
  options: ListingOptions = {},
): Promise<ListedTag[]> {
  return (await everything(connector.tags(repository, options))).flatMap(({ tags }) => tags)
}

export const stateOf = (steps: readonly CheckStep[]): Record<string, string> =>
  Object.fromEntries(steps.map(({ id, state }) => [id, state]))

export const failedStep = (steps: readonly CheckStep[]): CheckStep | undefined =>
  steps.find(({ state }) => state === 'failed')

/** Three repositories: one image by two tags, an index, and many tags with the longest one. */
export function fill(world: PlatformWorld): Record<string, Record<string, string>> {
  const [first, second, deep] = world.repositories
  const image = numbered(1)
  const index = buildIndex([numbered(2), numbered(3)])
  const wanted: Record<string, Record<string, string>> = {}
  const push = (repository: string, tag: string, built: Built, at: number): void => {
    world.push(repository, tag, built, at)
    wanted[repository] = { ...wanted[repository], [tag]: built.manifest.digest }
  }
  push(first, '1.0', image, day(1))
  push(first, 'latest', image, day(1))
  push(second, 'multi', index, day(2))
  for (let number = 10; number < 17; number += 1) push(deep, `${number}`, numbered(number), day(number))
  push(deep, LONGEST_TAG, numbered(20), day(20))
  return wanted
}

export const digestless = (
  wanted: Record<string, Record<string, string>>,
): Record<string, Record<string, null>> =>
  Object.fromEntries(
    Object.entries(wanted).map(([repository, tags]) => [
      repository,
      Object.fromEntries(Object.keys(tags).map((tag) => [tag, null])),
    ]),
  )

/** The world behind a client whose answers are changed. */
export function through(
  world: PlatformWorld,
  change: (request: HttpRequest, response: HttpResponse) => HttpResponse | Promise<HttpResponse>,
): PlatformWorld {
  const http: typeof world.internet.http = (tls) => {
    const client = world.internet.http(tls)
    return {
      request: async (request) => change(request, await client.request(request)),
      close: () => client.close(),
    }
  }
  return { ...world, internet: { ...world.internet, http } }
}
