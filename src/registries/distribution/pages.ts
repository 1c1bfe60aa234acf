import { createHash } from 'node:crypto'
import { AppError } from '../../core/index.ts'
import { answerInvalid, readJson } from './answer.ts'
import { nextLink } from './link.ts'
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
const mostPages = 10_000
const longestCursor = 4096

function endless(host: string): AppError {
  return new AppError({
    code: 'paging-endless',
    kind: 'invalid',
    publicMessage: `${host} lists in a circle: it gave the same page twice, or more than ${mostPages} pages.`,
    remedy: 'Report it to whoever runs the registry; meanwhile name the repositories one by one.',
  })
}

/**
 * The query of the next page, for our own address. Only the query of a Link is used: behind a proxy its host and
 * scheme can be wrong, and what names another place altogether is refused.
 */
function cursorOf(link: string, path: string, session: Session): string {
  const url = URL.parse(link, session.address.origin + path)
  const cursor = url?.search.slice(1) ?? ''
  const own = path.slice(path.lastIndexOf('/v2/'))
  if (url?.pathname.endsWith(own) && cursor !== '' && cursor.length <= longestCursor) return cursor
  throw new AppError({
    code: 'paging-refused',
    kind: 'invalid',
    publicMessage: `${session.address.host} says that its list goes on at another address; that is not followed.`,
    remedy: 'Check the address of the registry, and what proxies in between rewrite.',
  })
}

function namesIn(answer: unknown, field: string, host: string): readonly unknown[] {
  const value =
    typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>)[field] : undefined
  // A repository whose tags are all deleted has `null` (distribution 2.8).
  if (value === null) return []
  if (Array.isArray(value)) return value
  throw answerInvalid(host, 'a list in an unknown form')
}

function fingerprint(names: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(names)).digest('base64')
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
  const seen = new Set<string>()
  let cursor = options.cursor ?? `n=${options.pageSize ?? 1000}`
  for (let count = 1; ; count += 1) {
    const path = `${request.path}?${cursor}`
    const response = await session.send({ ...request, method: 'GET', path, signal: options.signal })
    const listed = namesIn(await readJson(response, host, largestPage), field, host)
    const link = listed.length === 0 ? undefined : nextLink(response.headerValues('link'))
    const next = link === undefined ? null : cursorOf(link, request.path, session)
    // A registry that ignores `last` repeats its page under ever new cursors, one with a bug repeats its cursor.
    const marks = [cursor, fingerprint(listed)]
    if (listed.length > 0 && marks.some((mark) => seen.has(mark))) throw endless(host)
    for (const mark of marks) seen.add(mark)
    const names = listed.filter((name): name is string => typeof name === 'string' && isName(name))
    yield { names, next }
    if (next === null) return
    if (count >= mostPages) throw endless(host)
    cursor = next
  }
}
