import type { Database } from '../platform/db/index.ts'
import { compareTags, type RankedTag } from './tag-order.ts'
import { tagsAfter } from './tags/store.ts'

const PAGE = 2_000

export interface RankedImage extends RankedTag {
  readonly imageId: number
  readonly digest: Uint8Array
  readonly kind: string
}

export interface Ranking {
  /** The newest tags of what is, or may be, an image: newest first. */
  readonly top: readonly RankedImage[]
  /** There are more tags than `top` has. */
  readonly more: boolean
  /** Every tag has a push date: no other date is needed to rank them. */
  readonly dated: boolean
}

/** The newest `keep` tags of a repository. A page of its tags is in memory at a time, however many there are. */
export async function rankTags(db: Database, repositoryId: number, keep: number): Promise<Ranking> {
  let top: RankedImage[] = []
  let more = false
  let dated = true
  const cut = (): void => {
    more ||= top.length > keep
    top = top.toSorted(compareTags).slice(0, keep)
  }
  for (let after: string | undefined = ''; after !== undefined; ) {
    const rows = await tagsAfter(db.lane('bulk'), repositoryId, after, PAGE)
    for (const row of rows) {
      const pushedAt = row.pushedAt?.getTime() ?? null
      dated &&= pushedAt !== null
      top.push({ ...row, pushedAt, builtAt: row.builtAt?.getTime() ?? null })
    }
    cut()
    after = rows.length < PAGE ? undefined : rows.at(-1)?.name
  }
  return { top, more, dated }
}
