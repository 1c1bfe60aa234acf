import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeOciLayout } from '../../src/test-support/image-builder/index.ts'
import { buildVulnerabilityDatabase } from '../../src/test-support/vulnerability-database/index.ts'
import { trivyPath } from '../../tools/setup/trivy.ts'
import { images } from './images/index.ts'
import { rows } from './rows/index.ts'

const root = join(import.meta.dirname, '../..')

describe.skipIf(!existsSync(trivyPath(root)))('npm run compare', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-compare-test-'))
    await buildVulnerabilityDatabase(rows).writeFolder(join(folder, 'db'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function compare(name: string): Promise<{ status: number | null; stdout: string }> {
    const image = images.get(name)
    if (image === undefined) throw new Error(`no image ${name}`)
    await writeOciLayout(join(folder, name), { latest: image })
    const args = [join(root, 'tools', 'compare.ts'), join(folder, name), '--db', join(folder, 'db')]
    return spawnSync(process.execPath, args, { encoding: 'utf8' })
  }

  it('finds no difference where there is none', async () => {
    const { status, stdout } = await compare('npm-layers')
    expect(stdout).toContain('No difference.')
    expect(status).toBe(0)
  }, 240_000)

  it('says in plain words why it could not compare', () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(root, 'tools', 'compare.ts'), ...args], { encoding: 'utf8' })
    const missing = run(join(folder, 'none.tar'), '--db', join(folder, 'db'))
    expect(missing.status).toBe(2)
    expect(missing.stderr).toMatch(/^Error: .*\nWhat to do: .*\nCode: [a-z-]+\n$/)
    const wrong = run('--no-such-option', 'x')
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toContain("unknown option '--no-such-option'")
  }, 120_000)

  it('prints what only one of the two has', async () => {
    const { status, stdout } = await compare('npm-prereleases')
    expect(stdout).toMatch(/^only portolan: .*"vulnerability"/m)
    expect(status).toBe(1)
  }, 240_000)
})
