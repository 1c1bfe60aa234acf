import type { Clock } from '../../../../core/index.ts'
import { type DistributionClient, expectedOrder } from '../../../index.ts'
import type { ZotImages } from './schema.ts'
import { imagesOf } from './search.ts'

/** Images of one query, whatever the number of its lists. */
export const imagesAtOnce = 1000
/** A query stands in a URL, which proxies cut at 8 KB: about 130 characters for each list, and names as long as they are. */
const mostLists = 20
const mostCharacters = 1500
/** Before anything is known of how large the repositories are. */
const firstLists = 10
/** First pages that wait for somebody to ask for them. */
const mostHeld = 100
/** How old they may get, milliseconds: a listing is of now. */
const freshFor = 60_000

/** First pages of repositories, several with one request. */
export interface LookAhead {
  /** Repositories that will probably be asked for, in this order. */
  expect(repositories: readonly string[]): void
  /** The first page of a repository, once; undefined: there is nothing to share, it is to be asked for alone. */
  first(repository: string): Promise<ZotImages | undefined>
}

interface Held {
  readonly askedAt: number
  readonly page: Promise<ZotImages | undefined>
}

/**
 * Asks for the first pages of as many repositories as fit into one query: as many as have 1,000 images together, going by the largest of
 * those before, so that large repositories, which need further pages anyway, are asked one by one.
 *
 * @param around.signal ends queries, which all who wait for one share
 */
export function createLookAhead(
  client: DistributionClient,
  around: { readonly clock: Clock; readonly signal?: AbortSignal | undefined },
): LookAhead {
  const order = expectedOrder()
  const held = new Map<string, Held>()
  let lists = firstLists

  function batchFrom(repository: string): readonly string[] {
    const batch = [repository]
    let characters = repository.length
    for (const next of order.after(repository, lists - 1)) {
      characters += next.length
      if (held.has(next) || characters > mostCharacters) break
      batch.push(next)
    }
    return batch
  }

  async function ask(repositories: readonly string[]): Promise<readonly ZotImages[]> {
    const limit = Math.floor(imagesAtOnce / repositories.length)
    try {
      const pages = await imagesOf(client, { repositories, offset: 0, limit, signal: around.signal })
      const largest = Math.max(1, ...pages.map(({ Page }) => Page.TotalCount))
      lists = Math.min(mostLists, Math.max(1, Math.floor(imagesAtOnce / largest)))
      return pages
    } catch {
      // Each asks alone then, and is told what is wrong.
      lists = 1
      return []
    }
  }

  function fetch(batch: readonly string[]): void {
    const pages = ask(batch)
    for (const [index, name] of batch.entries()) {
      held.set(name, { askedAt: around.clock.now(), page: pages.then((all) => all[index]) })
    }
    for (const name of held.keys()) {
      if (held.size <= mostHeld) break
      held.delete(name)
    }
  }

  function taken(repository: string): Held | undefined {
    const found = held.get(repository)
    held.delete(repository)
    return found && around.clock.now() - found.askedAt < freshFor ? found : undefined
  }

  return {
    expect: (repositories) => order.add(repositories),
    async first(repository) {
      const ready = taken(repository)
      if (ready) return ready.page
      const batch = batchFrom(repository)
      if (batch.length < 2) return undefined
      fetch(batch)
      return taken(repository)?.page
    },
  }
}
