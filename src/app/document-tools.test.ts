import { expect, it } from 'vitest'
import { readSbom, type SbomDocument } from '../sbom/index.ts'
import { openMatcher } from '../test-support/domain/index.ts'
import { createDocumentTools } from './document-tools.ts'

function sbom(packages: number): SbomDocument {
  const components = Array.from({ length: packages }, (_, index) => ({
    type: 'library',
    name: `a${index}`,
    version: '1',
    purl: `pkg:npm/a${index}@1`,
  }))
  return readSbom(new TextEncoder().encode(JSON.stringify({ bomFormat: 'CycloneDX', components })))
}

/** How often others had their turn while this was under way. */
async function turnsDuring(work: Promise<unknown> | undefined): Promise<number> {
  let turns = 0
  let next = setImmediate(function turn() {
    turns += 1
    next = setImmediate(turn)
  })
  await work
  clearImmediate(next)
  return turns
}

it('finds what is wrong with a large SBOM in slices, with turns for others between them', async () => {
  const tools = createDocumentTools(() => openMatcher(1, () => []).database)
  const [small, large] = [sbom(10), sbom(10_000)]
  const turns = await turnsDuring(tools.scan('small', () => small))
  expect(await turnsDuring(tools.scan('large', () => large))).toBeGreaterThanOrEqual(turns + 19)
})

it('keeps what it found as long as the vulnerability data is the same', async () => {
  let database = openMatcher(1, () => []).database
  const tools = createDocumentTools(() => database)
  let reads = 0
  const scan = (id: string) =>
    tools.scan(id, () => {
      reads += 1
      return sbom(1)
    })
  const [first, second] = await Promise.all([scan('a'), scan('a')])
  expect(first).toMatchObject({ packages: 1, asOf: '2026-01-01T00:00:00.000Z' })
  expect(second).toBe(first)
  expect(await scan('a')).toBe(first)
  expect(reads).toBe(1)
  await scan('b')
  expect(reads).toBe(2)
  database = openMatcher(2, () => []).database
  expect(await scan('a')).toMatchObject({ packages: 1, asOf: '2026-01-02T00:00:00.000Z' })
  expect(reads).toBe(3)
})

it('tries again after a failure', async () => {
  const { database } = openMatcher(1, () => [])
  const tools = createDocumentTools(() => database)
  const failing = async (): Promise<unknown> =>
    tools.scan('a', () => {
      throw new Error('unreadable')
    })
  await expect(failing()).rejects.toThrow('unreadable')
  expect(await tools.scan('a', () => sbom(2))).toMatchObject({ packages: 2 })
})
