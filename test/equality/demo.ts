import { createHash } from 'node:crypto'
import { countSeverities, type Severity } from '../../src/core/index.ts'
import { sampleRows } from '../../src/demo/advisories.ts'
import { expected } from '../../src/demo/expected.ts'
import { putSampleImages } from '../../src/demo/images.ts'
import type { BuiltImage } from '../../src/test-support/image-builder/index.ts'
import type { FindingRow } from './golden.ts'

/** What Trivy said of an image of the demo, and of which bytes. */
export interface DemoAnswer {
  /** The digest of its config, which names all that is in it. */
  readonly image: string
  readonly database: string
  /** As in src/demo/expected.ts. */
  readonly said: string
}

export const demoDatabase = createHash('sha256').update(JSON.stringify(sampleRows)).digest('hex')

/** The images of the demo that can be scanned, by the name that its table shows. */
export function demoImages(): ReadonlyMap<string, BuiltImage> {
  const images = new Map<string, BuiltImage>()
  putSampleImages((repository, tags, built) => {
    const image = built.kind === 'index' ? built.images[0] : built
    const name = nameInDemo(`${repository}:${[...tags].sort()[0] ?? ''}`)
    if (image !== undefined && expected[name]?.startsWith('Completed')) images.set(name, image)
  })
  return images
}

/** The table shows the first of the three tags that the image list gives. */
function nameInDemo(name: string): string {
  return name === 'harbour/storefront:2.4.0' ? 'harbour/storefront:latest' : name
}

export function demoAnswer(image: BuiltImage, findings: readonly FindingRow[]): DemoAnswer {
  const counts = countSeverities(findings.map((finding) => finding.severity as Severity))
  const { CRITICAL, HIGH, MEDIUM, LOW, UNKNOWN } = counts
  const said = `Completed ${CRITICAL} ${HIGH} ${MEDIUM} ${LOW} ${UNKNOWN}`
  return { image: image.config.digest, database: demoDatabase, said }
}
