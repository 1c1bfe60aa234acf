import { keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query'
import type { RegistryConnection, RouteInput } from '../../contract/index.ts'
import { call } from './client.ts'
import { listen, type Topic } from './live.ts'

/** Filters of the findings, as the address carries them. */
export type FindingFilters = NonNullable<RouteInput<'getFindingSummary'>['query']>

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => call('getSession', {}, signal),
  staleTime: 60_000,
})

export const platformsQuery = queryOptions({
  queryKey: ['platforms'],
  queryFn: ({ signal }) => call('listPlatforms', {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
})

const CONNECTION_PAGES = 10

/** All connections: an organisation has tens of them; at most 2,000 are read. */
async function allConnections(signal: AbortSignal): Promise<RegistryConnection[]> {
  const found: RegistryConnection[] = []
  let cursor: string | undefined
  for (let page = 0; page < CONNECTION_PAGES; page++) {
    const query = { limit: 200, ...(cursor === undefined ? {} : { cursor }) }
    const answer = await call('listConnections', { query }, signal)
    found.push(...answer.items)
    if (answer.nextCursor === null) break
    cursor = answer.nextCursor
  }
  return found
}

export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: ({ signal }) => allConnections(signal),
})

export const connectionQuery = (id: string) =>
  queryOptions({
    queryKey: ['connections', id],
    queryFn: ({ signal }) => call('getConnection', { params: { id } }, signal),
  })

/** How a connection is told of pushes; events arrive unasked, so the page looks again now and then. */
export const notificationsQuery = (id: string) =>
  queryOptions({
    queryKey: ['connections', id, 'notifications'],
    queryFn: ({ signal }) => call('getNotifications', { params: { id } }, signal),
    refetchInterval: 15_000,
  })

export const scanEnginesQuery = queryOptions({
  queryKey: ['scan-engines'],
  queryFn: async ({ signal }) => (await call('listScanEngines', {}, signal)).items,
})

export const databaseQuery = queryOptions({
  queryKey: ['database'],
  queryFn: ({ signal }) => call('getVulnerabilityDatabase', {}, signal),
})

export const imageQuery = (id: number) =>
  queryOptions({
    queryKey: ['images', id],
    queryFn: ({ signal }) => call('getImage', { params: { id } }, signal),
  })

/** Documents on an image: uploaded ones and attached ones. */
export const imageDocumentsQuery = (image: number) =>
  queryOptions({
    queryKey: ['documents', image],
    queryFn: ({ signal }) => call('listDocuments', { query: { image, limit: 100 } }, signal),
  })

/** The first images of a list and how many there are: connections to one registry would count theirs twice. */
export const firstImagesQuery = (filters: { readonly status?: string }, limit = 1) =>
  queryOptions({
    queryKey: ['images', 'first', filters, limit],
    queryFn: ({ signal }) => call('listImages', { query: { ...filters, limit } }, signal),
  })

export const findingSummaryQuery = (filters: FindingFilters) =>
  queryOptions({
    queryKey: ['findings', 'summary', filters],
    queryFn: ({ signal }) => call('getFindingSummary', { query: filters }, signal),
    placeholderData: keepPreviousData,
  })

export const findingQuery = (id: string) =>
  queryOptions({
    queryKey: ['findings', 'one', id],
    queryFn: ({ signal }) => call('getFinding', { params: { id } }, signal),
  })

/** The name of a repository that only its number is known of: the contract names it with its images. */
export const repositoryNameQuery = (id: number) =>
  queryOptions({
    queryKey: ['repository-name', id],
    queryFn: async ({ signal }) => {
      const answer = await call('listImages', { query: { repository: id, kind: 'all', limit: 1 } }, signal)
      return answer.items[0]?.repository.path ?? null
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

/** What to look at again after a live event; long lists look after themselves (api/paged-list.ts). */
const STALE: Readonly<Record<Topic, readonly (readonly unknown[])[]>> = {
  'connection.changed': [['connections']],
  'images.changed': [['connections'], ['images'], ['scans']],
  'findings.changed': [['findings']],
  'database.changed': [['database']],
}

/** Keeps the cache current with the server's events. @returns a function that ends it */
export function followEvents(client: QueryClient): () => void {
  return listen((topic) => {
    for (const queryKey of STALE[topic]) void client.invalidateQueries({ queryKey: [...queryKey] })
  })
}
