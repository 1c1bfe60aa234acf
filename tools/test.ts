/**
 * `npm test` and `npm run test:long`: brings what the tests need, then runs the checks, every test and the demo.
 * Ends with one plain line: "N passed, N failed".
 *   --long   full counts: kills, fuzzing, millions of rows
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installDebianPackages } from './setup/debian.ts'
import { installTrivy } from './setup/trivy.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const long = process.argv.includes('--long')
const env = { ...process.env, ...(long ? { PORTOLAN_TEST_SCALE: 'long' } : {}) }
const report = join(root, '.cache', 'test-report.json')

interface Tally {
  passed: number
  failed: number
  skipped: number
}
const tally: Tally = { passed: 0, failed: 0, skipped: 0 }

/** Runs one program with the package's Node; counts it as one test. */
function step(name: string, ...args: string[]): boolean {
  process.stdout.write(`\n== ${name}\n`)
  const done = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ok = done.status === 0
  tally[ok ? 'passed' : 'failed'] += 1
  if (!ok) process.stdout.write(`FAIL ${name}\n`)
  return ok
}

/** Vitest's own counts, from its report; a run without a report is a failure. */
function tests(): void {
  mkdirSync(dirname(report), { recursive: true })
  rmSync(report, { force: true })
  process.stdout.write('\n== tests\n')
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const done = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (!existsSync(report)) {
    tally.failed += 1
    return
  }
  const counts = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    numPendingTests: number
  }
  tally.passed += counts.numPassedTests
  tally.failed += counts.numFailedTests
  tally.skipped += counts.numPendingTests
  if (done.status !== 0 && counts.numFailedTests === 0) tally.failed += 1
}

installDebianPackages()
installTrivy(root)
step(
  'web bundle',
  'node_modules/vite/bin/vite.js',
  'build',
  '--config',
  'src/web/vite.config.ts',
  '--logLevel',
  'warn',
)
step('check', 'tools/check.ts')
tests()
step('demo', 'src/cli/main.ts', 'demo', '--exit')
process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped\n`)
process.exit(tally.failed === 0 ? 0 : 1)
