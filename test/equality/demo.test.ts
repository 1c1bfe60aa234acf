import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleRows } from '../../src/demo/advisories.ts'
import { expected } from '../../src/demo/expected.ts'
import { scaled } from '../../src/test-support/scale.ts'
import { buildVulnerabilityDatabase } from '../../src/test-support/vulnerability-database/index.ts'
import { trivyPath } from '../../tools/setup/trivy.ts'
import { type DemoAnswer, demoAnswer, demoDatabase, demoImages } from './demo.ts'
import { askTrivyForFindings } from './trivy.ts'

/** What the demo demands is what real Trivy says of the same images; without Trivy (another machine than Linux on x64) what it has said. */
const root = join(import.meta.dirname, '../..')
const program = trivyPath(root)
const images = [...demoImages()]
const golden = JSON.parse(readFileSync(join(root, 'test/goldens/demo/answers.json'), 'utf8')) as Record<
  string,
  DemoAnswer
>

let cache: string
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'portolan-demo-trivy-'))
  await buildVulnerabilityDatabase(sampleRows).writeFolder(join(cache, 'db'))
})
afterAll(() => rm(cache, { recursive: true, force: true }))

test('every completed image was asked about', () => {
  const completed = Object.keys(expected).filter((name) => expected[name]?.startsWith('Completed'))
  expect(images.map(([name]) => name).sort()).toEqual(completed.sort())
})

test.each(
  images,
)('%s is, byte for byte, what Trivy was asked about, and the demo expects its answer', (name, image) => {
  expect(golden[name], 'npm run goldens -- demo').toEqual({
    image: image.config.digest,
    database: demoDatabase,
    said: expected[name],
  })
})

/** A run takes seconds: one in short tests. */
const asked = images.filter(([name]) => name === 'harbour/storefront:latest' || scaled(0, 1) === 1)

describe.runIf(existsSync(program))('Trivy says so today', () => {
  test.each(asked)(
    'of %s',
    async (name, image) => {
      const { findings } = await askTrivyForFindings(program, image, cache)
      expect(demoAnswer(image, findings)).toEqual(golden[name])
    },
    240_000,
  )
})
