import { readFileSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { buildImage, buildIndex } from '../../../src/test-support/image-builder/index.ts'
import { answerSearch, ZotContent } from '../../../src/test-support/platforms/zot/search.ts'
import { publishedApi } from '../../../src/test-support/published-api.ts'
import { Cleanup } from '../../../src/test-support/registry-client.ts'

const published = publishedApi(
  JSON.parse(readFileSync(new URL('../published/zot.json', import.meta.url), 'utf8')),
)
const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const path = '/v2/_zot/ext/search'
const fields = 'RepoName Tag Digest MediaType Size PushTimestamp TaggedTimestamp LastUpdated'

function ask(query: string, variables: object = { repo: 'acme/api' }) {
  const content = new ZotContent()
  const image = buildImage({ layers: [{ files: { a: 'a' } }] })
  content.push('acme/api', '1', image, Date.UTC(2026, 0, 1))
  content.push('acme/api', 'multi', buildIndex([image]), Date.UTC(2026, 0, 2))
  const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) })
  return answerSearch(content, parameters, 1000)
}

it('the faked search answers in the types of the published schema', () => {
  const query = `query ($repo: String!) { ImageList(repo: $repo) { Page { TotalCount } Results { ${fields} } } }`
  const { status, body } = ask(query)
  expect(published.problems('GET', path, status, body)).toEqual([])
  expect(body).toMatchObject({ data: { ImageList: { Page: { TotalCount: 2 } } } })
  const none = ask(query, { repo: 'nobody/here' })
  expect(published.problems('GET', path, none.status, none.body)).toEqual([])
})

it('several lists of one query have those types too', () => {
  const query = `query ($page: PageInput, $r0: String!, $r1: String!) { i0: ImageList(repo: $r0, requestedPage: $page) { ...L } i1: ImageList(repo: $r1, requestedPage: $page) { ...L } } fragment L on PaginatedImagesResult { Page { TotalCount } Results { ${fields} } }`
  const { status, body } = ask(query, { page: { limit: 1, offset: 1 }, r0: 'acme/api', r1: 'nobody/here' })
  const { data } = body as { data: Record<string, unknown> }
  for (const ImageList of Object.values(data)) {
    expect(published.problems('GET', path, status, { data: { ImageList } })).toEqual([])
  }
  expect(data).toMatchObject({ i0: { Results: [{ Tag: 'multi' }] }, i1: { Results: [] } })
})

it('refuses fields that the schema does not have', () => {
  const refused = ask('{ ImageList(repo: "acme/api") { Results { Tag Invented } } }')
  expect(refused.status).toBe(422)
  expect(published.problems('GET', path, 422, refused.body)).toEqual([])
})

it('would notice an answer of other types', () => {
  const image = { Tag: 'a', Size: 5 }
  const body = { data: { ImageList: { Page: { TotalCount: 1, ItemCount: 1 }, Results: [image] } } }
  expect(published.problems('GET', path, 200, body)).not.toEqual([])
})
