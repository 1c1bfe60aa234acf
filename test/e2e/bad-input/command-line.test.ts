import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RegistryServer, startRegistryServer } from '../../../src/test-support/registry-server/index.ts'
import { buildVulnerabilityDatabase } from '../../../src/test-support/vulnerability-database/index.ts'
import { expectFailure, expectPlain, freshHome, portolan, type Run } from './command.ts'
import { badImages, good, oddImages, type OddImage, push, rows } from './images.ts'
import { ESCAPES, escapedFile } from './layers.ts'

const bad = badImages()
const odd = oddImages()
/** One home for all: what one image leaves in the layer cache is there for the next. */
const home = freshHome()
let registry: RegistryServer

beforeAll(async () => {
  registry = await startRegistryServer({ faults: bad.flatMap(({ faults = [] }) => faults) })
  for (const one of [good, ...bad, ...odd]) push(registry, one)
  await buildVulnerabilityDatabase(rows, { updatedAt: new Date().toISOString() }).writeFolder(
    join(home, 'db'),
  )
})
afterAll(async () => {
  await registry.close()
  rmSync(home, { recursive: true })
})

function scan(repository: string, ...more: string[]): Promise<Run> {
  return portolan(home, ['image', '--insecure', '--db', 'db', ...more, `${registry.host}/${repository}:1`])
}

interface Report {
  readonly findings: readonly {
    readonly vulnerability: string
    readonly package: string
    readonly installedVersion: string
  }[]
  readonly notes: readonly string[]
}

async function expectResult({ repository, findings, notes = [] }: OddImage): Promise<void> {
  const run = await scan(repository, '--format', 'json')
  expect(run).toMatchObject({ code: 0, err: '' })
  expectPlain(run)
  const report = JSON.parse(run.out) as Report
  const found = report.findings.map((one) => `${one.vulnerability} ${one.package}@${one.installedVersion}`)
  expect(found.sort()).toEqual([...findings].sort())
  expect(report.notes).toHaveLength(notes.length)
  for (const note of notes) expect(report.notes).toContainEqual(expect.stringMatching(note))
}

describe('an image that is damaged or made to harm', () => {
  it.concurrent.each(bad)('$repository ends with $code', async ({ repository, code, says }) => {
    expectFailure(await scan(repository), code, says)
  })
})

describe('an image that is odd', () => {
  it.concurrent.each(odd)('$repository is read as far as it can be', async (image) => {
    await expectResult(image)
  })

  it('shows names with escapes without their effect, in every format', async () => {
    for (const format of ['table', 'trivy', 'sarif']) {
      const run = await scan('odd/escapes', '--format', format)
      expect(run.code).toBe(0)
      expect(run.err).toMatch(format === 'table' ? /^$/ : /^(?:Note: .+\n)+$/)
      expectPlain(run)
      expect(run.out).toContain('\\u001b[31m')
      if (format !== 'table')
        expect(JSON.stringify(JSON.parse(run.out))).toContain(JSON.stringify(ESCAPES).slice(1, -1))
    }
  })

  it('writes nothing but vulnerability data and layers', () => {
    expect(readdirSync(home).sort()).toEqual(['data', 'db'])
    expect(readdirSync(join(home, 'data')).sort()).toEqual(['cache'])
    expect(existsSync(escapedFile)).toBe(false)
  })
})

describe('the layer cache after all of them', () => {
  it('gives the good image what it has, and a liar nothing', async () => {
    await expectResult(good)
    const lie = bad.find(({ repository }) => repository === 'bad/diff-ids')
    if (lie === undefined) throw new Error('the image is gone from the list')
    expectFailure(await scan(lie.repository), lie.code, lie.says)
    await expectResult(good)
  })
})
