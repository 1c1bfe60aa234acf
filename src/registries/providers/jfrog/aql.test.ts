import { describe, expect, it } from 'vitest'
import { manifestQuery } from './aql.ts'

describe('manifestQuery', () => {
  it('asks for the manifests of a repository in the order of their paths', () => {
    expect(manifestQuery({ repository: 'docker-prod' })).toBe(
      `items.find({"repo":"docker-prod","$and":[{"$or":[{"name":"manifest.json"},{"name":"list.manifest.json"}]},{"path":{"$nmatch":"*/sha256__${'?'.repeat(64)}"}}]}).include("repo","path","name","modified","sha256").sort({"$asc":["path","name","repo"]})`,
    )
  })

  it('lets no value say anything else than itself', () => {
    const evil = '"}).include("*").limit(1)//'
    const query = manifestQuery({ repository: evil, image: evil, after: evil })
    const [, criteria = ''] = /^items\.find\((.*)\)\.include\("repo","path"/s.exec(query) ?? []
    expect(JSON.parse(criteria)).toMatchObject({
      repo: evil,
      $and: expect.arrayContaining([{ path: { $gt: evil } }]),
    })
  })

  it('takes copies and caches for new when they came, whatever date they bring along', () => {
    const since = Date.UTC(2026, 0, 2)
    const from = '{"$gte":"2026-01-02T00:00:00.000Z"}'
    expect(manifestQuery({ repository: 'r', since })).toContain(
      `{"$or":[{"modified":${from}},{"created":${from}},{"updated":${from}}]}`,
    )
  })

  it('stays below the most characters that a query may have', () => {
    const query = manifestQuery({
      repository: 'r'.repeat(64),
      image: 'i'.repeat(255),
      after: 'p'.repeat(400),
      since: 0,
    })
    expect(query.length).toBeLessThan(6000)
  })
})
