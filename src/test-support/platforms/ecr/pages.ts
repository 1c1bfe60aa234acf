import { createHash, randomBytes } from 'node:crypto'

interface Place {
  /** The request without its page. */
  readonly request: string
  /** The key of the last entry given. */
  readonly after: string
}

/** Page marks as AWS gives them: opaque, and good for the very request that they came from. */
export class PageMarks {
  private readonly places = new Map<string, Place>()

  /** @returns undefined for a mark that was never given, or that belongs to another request */
  page<T>(
    entries: readonly T[],
    ask: { readonly request: unknown; readonly mark: unknown; readonly size: number },
    keyOf: (entry: T) => string,
  ): { readonly entries: readonly T[]; readonly next: string | undefined } | undefined {
    const request = createHash('sha256').update(JSON.stringify(ask.request)).digest('hex')
    const place = typeof ask.mark === 'string' ? this.places.get(ask.mark) : undefined
    if (ask.mark !== undefined && place?.request !== request) return undefined
    const rest = place === undefined ? entries : entries.filter((entry) => keyOf(entry) > place.after)
    const given = rest.slice(0, ask.size)
    const last = given.at(-1)
    if (last === undefined || given.length === rest.length) return { entries: given, next: undefined }
    const next = randomBytes(90).toString('base64')
    this.places.set(next, { request, after: keyOf(last) })
    return { entries: given, next }
  }
}
