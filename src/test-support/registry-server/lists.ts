import { type Answer, errorAnswer, jsonAnswer, type ServerRequest } from './answer.ts'
import type { Storage } from './storage.ts'

interface Cut {
  readonly names: readonly string[]
  readonly headers: Readonly<Record<string, string>>
}

/** What follows `last`, at most `n`, with a relative Link to the rest, as distribution 3 writes it. */
function page(request: ServerRequest, names: readonly string[], limit: number): Cut {
  const last = request.query.get('last')
  const wanted = Number(request.query.get('n') ?? limit)
  const size = Math.min(Number.isInteger(wanted) && wanted > 0 ? wanted : limit, limit)
  const rest = last === null ? names : names.filter((name) => name > last)
  const shown = rest.slice(0, size)
  const end = shown.at(-1)
  if (shown.length === rest.length || end === undefined) return { names: shown, headers: {} }
  const query = new URLSearchParams({ last: end, n: String(size) })
  return { names: shown, headers: { link: `<${request.path}?${query}>; rel="next"` } }
}

export function listTags(storage: Storage, request: ServerRequest, limit: number): Answer {
  const repository = storage.find(request.repository)
  if (!repository || repository.manifests.size === 0) {
    const detail = { name: request.repository }
    return errorAnswer(404, 'NAME_UNKNOWN', 'repository name not known to registry', detail)
  }
  const { names, headers } = page(request, [...repository.tags.keys()].sort(), limit)
  return jsonAnswer(200, { name: request.repository, tags: names }, headers)
}

export function listRepositories(storage: Storage, request: ServerRequest, limit: number): Answer {
  const { names, headers } = page(request, storage.names(), limit)
  return jsonAnswer(200, { repositories: names }, headers)
}
