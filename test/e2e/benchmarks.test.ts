import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { scaled } from '../../src/test-support/scale.ts'

const run = promisify(execFile)
const work = mkdtempSync(join(tmpdir(), 'portolan-benchmarks-'))
afterAll(() => rmSync(work, { recursive: true }))

const bench = async (...args: readonly string[]): Promise<string> => {
  const command = ['--disable-warning=ExperimentalWarning', 'bench/main.ts', ...args]
  return (await run(process.execPath, command)).stdout
}

/** Those that need no file from elsewhere, so small that they say nothing but that they still run. */
describe('benchmarks that nobody runs every day', () => {
  it('measure every list, down to the last', async () => {
    const told = await bench('lists', '--database', join(work, 'lists'), '--images', '40')
    for (const name of [
      'findings: first page',
      'summary: connection',
      'connections with counts',
      'scans: first page',
    ])
      expect(told).toContain(name)
  }, 120_000)

  it('measure the discovery of a platform', async () => {
    const size = ['--repositories', '3', '--tags', '2', '--latency', '1']
    const told = await bench('registries', '--platform', 'quay', ...size)
    expect(told).toMatch(/quay/)
  }, 120_000)

  it.runIf(scaled(0, 1))(
    'measure what a change of vulnerability data costs',
    async () => {
      const told = await bench('rematch', '--database', 'embedded', '--images', '40', '--size', '1')
      for (const name of ['from nothing', '100 advisories', 'libc of every release'])
        expect(told).toContain(name)
    },
    300_000,
  )
})
