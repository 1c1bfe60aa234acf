import { describe, expect, it } from 'vitest'
import { everything, failureOf } from '../../../test-support/registry-client.ts'
import type { EcrApi, PageOf } from './api.ts'
import { ecrListing, tagsOf } from './listing.ts'

const digest = `sha256:${'0a'.repeat(32)}`
const image = {
  imageDigest: digest,
  imageTags: ['1.0', 'latest'],
  imagePushedAt: new Date('2026-01-02T03:04:05Z'),
  imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
  imageSizeInBytes: 1234,
}

describe('an image', () => {
  it('is as many rows as it has tags', () => {
    const common = {
      digest,
      pushedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
      mediaType: image.imageManifestMediaType,
      size: 1234,
    }
    expect(tagsOf(image)).toEqual([
      { name: '1.0', ...common },
      { name: 'latest', ...common },
    ])
  })

  it.each<[string, Record<string, unknown>, number]>([
    ['no tags', { imageTags: undefined }, 0],
    ['tags that are none', { imageTags: ['', '-x', 'a b', 5, null, '../x', 'ok'] }, 1],
    ['no digest', { imageDigest: undefined }, 0],
    ['a digest that is none', { imageDigest: 'sha256:xyz' }, 0],
    ['tags in another form', { imageTags: 'latest' }, 0],
  ])('with %s gives what can be used of it', (_, changes, rows) => {
    expect(tagsOf({ ...image, ...changes })).toHaveLength(rows)
  })

  it('says null for what is not there, or no date or size', () => {
    for (const odd of [undefined, 'yesterday', new Date(Number.NaN), -1, {}]) {
      const [row] = tagsOf({
        ...image,
        imagePushedAt: odd,
        imageSizeInBytes: odd,
        imageManifestMediaType: undefined,
      })
      expect(row).toMatchObject({ pushedAt: null, size: null, mediaType: null })
    }
  })
})

/** An API that gives whatever it is told to. */
function listingOf(answer: (page: PageOf) => unknown) {
  const api = {
    repositories: (page: PageOf) => Promise.resolve(answer(page)),
    images: (_: string, page: PageOf) => Promise.resolve(answer(page)),
  }
  return ecrListing(api as unknown as EcrApi, 'registry.example.com')
}

describe('a listing', () => {
  it('asks for a thousand at a time', async () => {
    const asked: PageOf[] = []
    const listing = listingOf((page) => {
      asked.push(page)
      return {
        repositories: [{ repositoryName: `r${asked.length}` }],
        ...(asked.length < 3 ? { nextToken: `t${asked.length}` } : {}),
      }
    })
    expect(await everything(listing.repositories({}))).toHaveLength(3)
    expect(asked).toEqual([
      { maxResults: 1000 },
      { maxResults: 1000, nextToken: 't1' },
      { maxResults: 1000, nextToken: 't2' },
    ])
  })

  it('ends one that goes round in a circle', async () => {
    const round = listingOf(() => ({ repositories: [{ repositoryName: 'a' }], nextToken: 'again' }))
    expect(await failureOf(everything(round.repositories({})))).toMatchObject({ code: 'paging-endless' })
  })

  it.each([
    [{}],
    [{ repositories: 'all' }],
    [{ repositories: [], nextToken: 5 }],
    [{ repositories: [], nextToken: 'x'.repeat(10_000) }],
  ])('refuses %j', async (answer) => {
    const failure = await failureOf(everything(listingOf(() => answer).repositories({})))
    expect(failure).toMatchObject({ code: 'registry-answer-invalid', kind: 'invalid' })
  })

  it('leaves out what is no repository', async () => {
    const listing = listingOf(() => ({
      repositories: [
        null,
        'x',
        {},
        { repositoryName: 5 },
        { repositoryName: '../x' },
        { repositoryName: 'ok' },
      ],
    }))
    const pages = await everything(listing.repositories({}))
    expect(pages.flatMap(({ repositories }) => repositories.map(({ name }) => name))).toEqual(['ok'])
  })
})
