import { nextQuery, pageGuard, startQuery } from '../paging.ts'
import { answerInvalid, readJson } from './answer.ts'
import type { RegistryRequest, Session } from './session.ts'

export interface ListOptions {
  /** `next` of an earlier page: goes on after it. */
  readonly cursor?: string | undefined
  /** Entries that are asked for at a time; registries give fewer or more as they like. Default 1000. */
  readonly pageSize?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Page {
  /** Names by the specification only: what else a registry sends is left out. */
  readonly names: readonly string[]
  /** null on the last page. */
  readonly next: string | null
}

/** distribution 2.8.2 gives all tags of a repository at once. */
const largestPage = 32 << 20

function namesIn(answer: unknown, field: string, host: string): readonly unknown[] {
  const value =
    typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>)[field] : undefined
  // A repository whose tags are all deleted has `null` (distribution 2.8).
  if (value === null) return []
  if (Array.isArray(value)) return value
  throw answerInvalid(host, 'a list in an unknown form')
}

/**
 * A list of the protocol, page by page, until there is no Link or an empty page.
 *
 * @throws AppError `paging-endless`, `paging-refused`, `registry-answer-invalid`, `not-a-registry` (invalid), and what the session throws
 */
export async function* pages(
  session: Session,
  request: Omit<RegistryRequest, 'method' | 'signal'>,
  field: string,
  isName: (text: string) => boolean,
  options: ListOptions,
): AsyncGenerator<Page> {
  const { host } = session.address
  const guard = pageGuard(host)
  const own = request.path.slice(request.path.lastIndexOf('/v2/'))
  let cursor = startQuery(options.cursor, `n=${options.pageSize ?? 1000}`)
  for (;;) {
    const path = `${request.path}?${cursor}`
    const response = await session.send({ ...request, method: 'GET', path, signal: options.signal })
    const listed = namesIn(await readJson(response, host, largestPage), field, host)
    const isOwn = (linked: string) => linked.endsWith(own)
    const next = listed.length === 0 ? undefined : nextQuery(response, { host, path: request.path }, isOwn)
    guard(cursor, listed)
    yield {
      names: listed.filter((name): name is string => typeof name === 'string' && isName(name)),
      next: next ?? null,
    }
    if (next === undefined) return
    cursor = next
  }
}
