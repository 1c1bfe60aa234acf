/**
 * `npm run goldens -- [NAME...]`: asks real Trivy 0.44.1 about the images of test/equality/images and of the demo (all of those by
 * the name `demo`) and writes its answers to test/goldens, all or those named. Linux on x64 only.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sampleRows } from '../src/demo/advisories.ts'
import { buildVulnerabilityDatabase } from '../src/test-support/vulnerability-database/index.ts'
import { writeCache } from '../test/equality/cache.ts'
import { type DemoAnswer, demoAnswer, demoImages } from '../test/equality/demo.ts'
import { formatAnswer } from '../test/equality/golden.ts'
import { images } from '../test/equality/images/index.ts'
import { askTrivy, askTrivyForFindings } from '../test/equality/trivy.ts'
import { installTrivy } from './setup/trivy.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const wanted = new Set(process.argv.slice(2))
const trivy = installTrivy(root)
if (trivy === undefined) {
  console.error('Trivy for comparison could not be installed: it is there for Linux on x64 only.')
  process.exit(1)
}

const cache = mkdtempSync(join(tmpdir(), 'portolan-goldens-'))
try {
  await writeCache(cache)
  const folder = join(root, 'test', 'goldens')
  mkdirSync(folder, { recursive: true })
  for (const [name, image] of images) {
    if (wanted.size > 0 && !wanted.has(name)) continue
    const answer = await askTrivy(trivy, image, cache)
    writeFileSync(join(folder, `${name}.json`), formatAnswer(answer))
    console.log(`${name}: ${answer.packages.length} packages, ${answer.findings.length} findings`)
  }
  if (wanted.size === 0 || wanted.has('demo')) await askAboutDemo(trivy, folder, join(cache, 'demo'))
} finally {
  rmSync(cache, { recursive: true, force: true })
}

async function askAboutDemo(program: string, goldens: string, demoCache: string): Promise<void> {
  await buildVulnerabilityDatabase(sampleRows).writeFolder(join(demoCache, 'db'))
  const answers: Record<string, DemoAnswer> = {}
  for (const [name, image] of demoImages()) {
    answers[name] = demoAnswer(image, (await askTrivyForFindings(program, image, demoCache)).findings)
    console.log(`demo, ${name}: ${answers[name].said}`)
  }
  mkdirSync(join(goldens, 'demo'), { recursive: true })
  writeFileSync(join(goldens, 'demo', 'answers.json'), `${JSON.stringify(answers, null, 2)}\n`)
}
