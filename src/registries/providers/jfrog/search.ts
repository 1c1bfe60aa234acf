import { AppError, Secret } from '../../../core/index.ts'
import { answerInvalid, type ApiClient, isHtml, notARegistry, pageGuard } from '../../index.ts'
import { foundItem, type FoundItem, searchRange } from './answers/schema.ts'
import { manifestQuery, type ManifestSearch } from './aql.ts'
import { jsonObjects } from './json-objects.ts'

/** Manifests in one folder, which is a tag; from several repositories where a virtual one is searched. */
export type TagFolder = readonly [FoundItem, ...FoundItem[]]

const mostInFolder = 1000

function trimmedToNothing(host: string): AppError {
  return new AppError({
    code: 'search-trimmed',
    kind: 'invalid',
    publicMessage: `${host} cuts the search for manifests before the first one that this account may see.`,
    remedy:
      'Raise the limit (aql.search.query.max.limit), or give the account the permission Read on the whole repository.',
  })
}

/**
 * Folders with manifests in the order of their paths, each of which is a tag. Where the server cuts a search (its operator sets
 * how many results it gives), the next one goes on after the last folder, of a virtual repository the last whole one.
 *
 * @throws AppError `search-trimmed` (invalid), `paging-endless` (invalid), and what the API client throws
 */
export async function* tagFolders(
  api: ApiClient,
  search: ManifestSearch,
  signal: AbortSignal | undefined,
): AsyncGenerator<TagFolder> {
  const guard = pageGuard(api.host)
  let { after } = search
  for (;;) {
    let folder: [FoundItem, ...FoundItem[]] | undefined
    let whole: string | undefined
    let isTrimmed = false
    for await (const found of run(api, { ...search, after }, signal)) {
      if (found === 'trimmed') isTrimmed = true
      else if (folder?.[0].path === found.path) addTo(folder, found, api.host)
      else {
        if (folder) yield folder
        whole = folder?.[0].path
        folder = [found]
      }
    }
    // The index comes first in its folder, so a cut one says all the same what the tag means; but not what other repositories hold.
    if (folder && (!isTrimmed || !search.isVirtual || whole === undefined)) {
      yield folder
      whole = folder[0].path
    }
    if (!isTrimmed) return
    if (whole === undefined) throw trimmedToNothing(api.host)
    guard(whole, [whole])
    after = whole
  }
}

function addTo(folder: FoundItem[], found: FoundItem, host: string): void {
  if (folder.length >= mostInFolder) throw answerInvalid(host, 'one file over and over')
  folder.push(found)
}

/** One search: its entries as they come, and at last whether there were more. */
async function* run(
  api: ApiClient,
  search: ManifestSearch,
  signal: AbortSignal | undefined,
): AsyncGenerator<FoundItem | 'trimmed'> {
  const response = await api.send({
    path: '/artifactory/api/search/aql',
    headers: { 'content-type': 'text/plain' },
    body: new Secret(manifestQuery(search)),
    doing: 'search',
    signal,
  })
  if (isHtml(response, '')) {
    await response.discard()
    throw notARegistry(api.host)
  }
  let isComplete = false
  try {
    for await (const { kind, text } of jsonObjects(response.stream())) {
      const value: unknown = JSON.parse(text)
      if (kind === 'entry') yield foundItem.parse(value)
      else {
        isComplete = true
        if (searchRange.parse(value).notification) yield 'trimmed'
      }
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw answerInvalid(api.host, 'something in an unknown form', error)
  }
  if (!isComplete) throw answerInvalid(api.host, 'something in an unknown form')
}
