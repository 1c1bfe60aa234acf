import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { countSeverities, type Severity } from '../../src/core/index.ts'
import { sampleRows } from '../../src/demo/advisories.ts'
import { expected } from '../../src/demo/expected.ts'
import { putSampleImages } from '../../src/demo/images.ts'
import type { BuiltImage } from '../../src/test-support/image-builder/index.ts'
import { buildVulnerabilityDatabase } from '../../src/test-support/vulnerability-database/index.ts'
import { trivyPath } from '../../tools/setup/trivy.ts'
import { askTrivyForFindings } from './trivy.ts'

/** What the demo demands is what real Trivy says of the same images; without Trivy (another machine than Linux on x64) it skips. */
const program = trivyPath(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))
const cache = await mkdtemp(join(tmpdir(), 'portolan-demo-trivy-'))
afterAll(() => rm(cache, { recursive: true, force: true }))
await buildVulnerabilityDatabase(sampleRows).writeFolder(join(cache, 'db'))

const images: [name: string, image: BuiltImage][] = []
putSampleImages((repository, tags, built) => {
  const image = built.kind === 'index' ? built.images[0] : built
  if (image !== undefined) images.push([`${repository}:${[...tags].sort()[0] ?? ''}`, image])
})

describe.runIf(existsSync(program))('the demo expects what Trivy finds', () => {
  test.each(
    images.filter(([name]) => expected[nameInDemo(name)]?.startsWith('Completed')),
  )('%s', async (name, image) => {
    const { findings } = await askTrivyForFindings(program, image, cache)
    const counts = countSeverities(findings.map((finding) => finding.severity as Severity))
    const { CRITICAL, HIGH, MEDIUM, LOW, UNKNOWN } = counts
    expect(expected[nameInDemo(name)]).toBe(`Completed ${CRITICAL} ${HIGH} ${MEDIUM} ${LOW} ${UNKNOWN}`)
  })

  test('every completed image was asked about', () => {
    const names = images.map(([name]) => nameInDemo(name))
    const completed = Object.keys(expected).filter((name) => expected[name]?.startsWith('Completed'))
    expect(completed.filter((name) => !names.includes(name))).toEqual([])
  })
})

/** The table shows the first of the three tags that the image list gives. */
function nameInDemo(name: string): string {
  return name === 'harbour/storefront:2.4.0' ? 'harbour/storefront:latest' : name
}
