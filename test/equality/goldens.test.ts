import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AdvisoryDatabase, openDatabaseFolder } from '../../src/advisories/index.ts'
import { type JavaNames, openJavaNames } from '../../src/java-names/index.ts'
import type { BuiltImage } from '../../src/test-support/image-builder/index.ts'
import { scaled } from '../../src/test-support/scale.ts'
import { trivyPath } from '../../tools/setup/trivy.ts'
import { exceptions } from '../goldens/exceptions/index.ts'
import { writeCache } from './cache.ts'
import { differences } from './compare.ts'
import type { Answer } from './golden.ts'
import { images } from './images/index.ts'
import { askPortolan } from './portolan.ts'
import { askTrivyForFindings } from './trivy.ts'

const root = join(import.meta.dirname, '../..')
const goldens = join(root, 'test', 'goldens')
const trivy = trivyPath(root)
const names = [...images.keys()]

let cache: string
let database: AdvisoryDatabase
let javaNames: JavaNames
beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), 'portolan-equality-'))
  await writeCache(cache)
  database = openDatabaseFolder(join(cache, 'db'))
  javaNames = openJavaNames(join(cache, 'java-db'))
})
afterAll(() => {
  database.close()
  javaNames.close()
  rmSync(cache, { recursive: true, force: true })
})

function golden(name: string): Answer {
  return JSON.parse(readFileSync(join(goldens, `${name}.json`), 'utf8')) as Answer
}

function imageOf(name: string): BuiltImage {
  const image = images.get(name)
  if (image === undefined) throw new Error(`no image ${name}`)
  return image
}

async function ours(name: string): Promise<Answer> {
  return askPortolan(imageOf(name), database, javaNames)
}

describe('Portolan finds what Trivy 0.44.1 finds', () => {
  it.each(names)('in %s', async (name) => {
    const all = differences(await ours(name), golden(name))
    const allowed = exceptions.filter((exception) => exception.images.includes(name))
    expect(all.filter((difference) => !allowed.some((exception) => exception.covers(difference)))).toEqual([])
  })

  it.each(exceptions)('but: $rule', async (exception) => {
    for (const name of exception.images) {
      const covered = differences(await ours(name), golden(name)).filter(exception.covers)
      expect(covered, `nothing in ${name} needs this exception`).not.toEqual([])
    }
  })

  it('and the goldens meet every rule of status and severity', () => {
    const findings = names.flatMap((name) => golden(name).findings)
    const statuses = new Set(findings.map((finding) => finding.status))
    const sources = new Set(findings.map((finding) => finding.severitySource))
    expect([...statuses].sort()).toEqual([
      'affected',
      'end_of_life',
      'fix_deferred',
      'fixed',
      'under_investigation',
      'will_not_fix',
    ])
    for (const source of ['', 'alpine', 'debian', 'ghsa', 'nodejs-security-wg', 'nvd', 'ubuntu'])
      expect(sources).toContain(source)
    expect(new Set(findings.map((finding) => finding.severity)).size).toBe(5)
  })

  it('and each golden has its image', () => {
    const files = readdirSync(goldens).filter((file) => file.endsWith('.json'))
    expect(files.sort()).toEqual(names.map((name) => `${name}.json`).sort())
  })
})

/**
 * `npm test` brings Trivy into .cache; where it cannot, the goldens stand alone. A run takes seconds: one in short tests.
 * Packages and purls take two more each: `npm run goldens` and a look at what changed.
 */
describe.skipIf(!existsSync(trivy))('the goldens hold the findings that Trivy has today', () => {
  it.each(names.filter((name) => name === 'npm-app' || scaled(0, 1) === 1))('of %s', async (name) => {
    const { os, findings } = golden(name)
    expect(await askTrivyForFindings(trivy, imageOf(name), cache)).toEqual({ os, findings })
  }, 240_000)
})
