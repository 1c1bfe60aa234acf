import { createHash, randomBytes } from 'node:crypto'

interface Place {
  /** The request without its page. */
  readonly request: string
  /** The key of the last entry given. */
  readonly after: string
}

/** What is listed, in the order of its keys. */
export interface Listed<T> {
  readonly entries: readonly T[]
  keyOf(entry: T): string
  isWanted?(entry: T): boolean
}

/** Page marks as AWS gives them: opaque, and good for the very request that they came from. */
export class PageMarks {
  private readonly places = new Map<string, Place>()

  /** @returns undefined for a mark that was never given, or that belongs to another request */
  page<T>(
    listed: Listed<T>,
    ask: { readonly request: unknown; readonly mark: unknown; readonly size: number },
  ): { readonly entries: readonly T[]; readonly next: string | undefined } | undefined {
    const request = createHash('sha256').update(JSON.stringify(ask.request)).digest('hex')
    const place = typeof ask.mark === 'string' ? this.places.get(ask.mark) : undefined
    if (ask.mark !== undefined && place?.request !== request) return undefined
    const wanted: T[] = []
    for (
      let at = startOf(listed, place?.after);
      at < listed.entries.length && wanted.length <= ask.size;
      at += 1
    ) {
      const entry = listed.entries[at]
      if (entry !== undefined && (listed.isWanted?.(entry) ?? true)) wanted.push(entry)
    }
    const entries = wanted.slice(0, ask.size)
    const last = entries.at(-1)
    if (last === undefined || wanted.length <= ask.size) return { entries, next: undefined }
    const next = randomBytes(90).toString('base64')
    this.places.set(next, { request, after: listed.keyOf(last) })
    return { entries, next }
  }
}

/** Where the first entry after a key stands. */
function startOf<T>({ entries, keyOf }: Listed<T>, after: string | undefined): number {
  let low = 0
  let high = after === undefined ? 0 : entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    const entry = entries[middle]
    if (entry !== undefined && after !== undefined && keyOf(entry) <= after) low = middle + 1
    else high = middle
  }
  return low
}
