import { describe, expect, it } from 'vitest'
import { everything, failureOf } from '../test-support/registry-client.ts'
import { scaled } from '../test-support/scale.ts'
import { newestFirst, type NumberedPage } from './newest-first.ts'
import type { ListingOptions } from './ports.ts'

interface Entry {
  readonly name: string
  readonly at: number | null
}

/** A repository that is listed as it is at each request. */
function repository(entries: Entry[], pageSize: number, saysCount = true) {
  const asked: number[] = []
  const read = async (page: number): Promise<NumberedPage> => {
    asked.push(page)
    const shown = entries.slice((page - 1) * pageSize, page * pageSize)
    const tags = shown.map(({ name, at }) => ({
      tag: { name, digest: null, pushedAt: at, mediaType: null, size: null },
      changedAt: at,
    }))
    return {
      tags,
      hasMore: entries.length > page * pageSize,
      ...(saysCount ? { count: entries.length } : {}),
    }
  }
  const list = (options: Pick<ListingOptions, 'cursor' | 'since'> = {}) => newestFirst('r', read, options)
  return { list, asked, entries }
}

const falling = (count: number): Entry[] =>
  Array.from({ length: count }, (_, index) => ({ name: `t${index}`, at: 1000 - index }))
const namesOf = (pages: readonly { tags: readonly { name: string }[] }[]) =>
  pages.flatMap(({ tags }) => tags.map(({ name }) => name))

describe('newestFirst', () => {
  it('asks once for a repository of one page, and once more at the end for one of several', async () => {
    const small = repository(falling(3), 3)
    expect(namesOf(await everything(small.list()))).toEqual(['t0', 't1', 't2'])
    expect(small.asked).toEqual([1])
    const large = repository(falling(5), 2)
    expect(namesOf(await everything(large.list()))).toEqual(['t0', 't1', 't2', 't3', 't4'])
    expect(large.asked).toEqual([1, 2, 3, 1])
  })

  it('stops at the moment that is asked for, and says that older ones were left out', async () => {
    const large = repository(falling(9), 2)
    const pages = await everything(large.list({ since: 998 }))
    expect(large.asked).toEqual([1, 2])
    expect(pages.map(({ partial, nextCursor }) => [partial, nextCursor === null])).toEqual([
      [undefined, false],
      [true, true],
    ])
  })

  it.each<[string, Entry[]]>([
    ['old to new', falling(6).reverse()],
    ['one date for all', falling(6).map((entry) => ({ ...entry, at: 5 }))],
    ['no dates', falling(6).map((entry) => ({ ...entry, at: null }))],
  ])('does not stop where the order does not show: %s', async (_, entries) => {
    const names = namesOf(await everything(repository(entries, 2).list({ since: 5000 })))
    expect(new Set(names)).toEqual(new Set(entries.map(({ name }) => name)))
  })

  it('finds a tag that moves to the front while it lists', async () => {
    const { list, entries } = repository(falling(6), 2)
    const names: string[] = []
    for await (const { tags } of list()) {
      if (names.length === 0) {
        entries.splice(4, 1)
        entries.unshift({ name: 't4', at: 2000 })
      }
      names.push(...tags.map(({ name }) => name))
    }
    expect(new Set(names)).toEqual(new Set(['t0', 't1', 't2', 't3', 't4', 't5']))
  })

  it('finds all that was pushed while it listed, over several pages', async () => {
    const { list, entries } = repository(falling(4), 2)
    const names: string[] = []
    for await (const { tags, nextCursor } of list()) {
      if (nextCursor?.includes('again') && !names.includes('n0')) {
        const pushed = Array.from({ length: 5 }, (_, index) => ({ name: `n${index}`, at: 3000 - index }))
        if (entries.length === 4) entries.unshift(...pushed)
      }
      names.push(...tags.map(({ name }) => name))
    }
    expect(names).toEqual(expect.arrayContaining(['n0', 'n1', 'n2', 'n3', 'n4']))
  })

  it('finds what slides back over a page when others are deleted', async () => {
    const { list, entries } = repository(falling(6), 2)
    const names: string[] = []
    for await (const { tags } of list()) {
      if (names.length === 0) entries.splice(0, 1)
      names.push(...tags.map(({ name }) => name))
    }
    expect(names).toContain('t2')
  })

  it('goes on from every cursor as if nothing had been', async () => {
    const { list } = repository(falling(7), 2)
    const pages = await everything(list())
    for (const [index, { nextCursor }] of pages.entries()) {
      if (nextCursor === null) continue
      const rest = namesOf(await everything(list({ cursor: nextCursor })))
      expect([...namesOf(pages.slice(0, index + 1)), ...rest]).toEqual(namesOf(pages))
    }
  })

  it('begins anew at a cursor that nobody gave out', async () => {
    for (const cursor of ['https://evil.example/?n=1', 'page=0', 'page=-1', 'page=1e9', '']) {
      expect(namesOf(await everything(repository(falling(1), 2).list({ cursor })))).toEqual(['t0'])
    }
  })

  it('goes through a repository of a million tags', async () => {
    const pages = scaled(200, 10_000)
    const read = async (page: number): Promise<NumberedPage> => ({
      tags: falling(100).map(({ name, at }) => ({
        tag: { name: `${page}-${name}`, digest: null, pushedAt: at, mediaType: null, size: null },
        changedAt: 10 ** 9 - page * 1000 + (at ?? 0),
      })),
      hasMore: page < pages,
      count: pages * 100,
    })
    let seen = 0
    for await (const { tags } of newestFirst('r', read, {})) seen += tags.length
    expect(seen).toBe(pages * 100)
  })

  it('ends a circle', async () => {
    const same = { tag: { name: 'a', digest: null, pushedAt: 1, mediaType: null, size: null }, changedAt: 1 }
    const read = async () => ({ tags: [same], hasMore: true })
    expect(await failureOf(everything(newestFirst('r', read, {})))).toMatchObject({ code: 'paging-endless' })
  })
})
