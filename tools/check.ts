/**
 * `npm run check`: everything that holds the house in order and needs no running parts.
 * Each step prints one line; the first failure of each step is shown whole. Exit code 1 when any step failed.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mutate } from './architecture/mutation.ts'
import { readModules } from './architecture/modules.ts'
import { type Architecture, checkModules } from './architecture/rules.ts'
import { checkLockFile } from './checks/lock-file.ts'
import { checkDocs } from './checks/links.ts'
import { checkErrorCodes } from './checks/error-codes.ts'
import { accuracyPage } from './docs/accuracy-page.ts'
import { problemsOf } from './docs/page.ts'
import { platformPages } from './docs/platform-pages.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

interface Outcome {
  readonly ok: boolean
  readonly detail: string
}

/** @param script in node_modules, or in tools */
function command(script: string, ...args: string[]): Outcome {
  const home = script.startsWith('tools/') ? root : join(root, 'node_modules')
  const done = spawnSync(process.execPath, [join(home, script), ...args], { cwd: root, encoding: 'utf8' })
  return { ok: done.status === 0, detail: `${done.stdout}${done.stderr}`.trim() }
}

function problems(list: readonly string[]): Outcome {
  return { ok: list.length === 0, detail: list.join('\n') }
}

function architecture(): Outcome {
  const rules = JSON.parse(readFileSync(join(root, 'architecture.json'), 'utf8')) as Architecture
  const modules = readModules(root)
  const violations = checkModules(modules, rules).map(
    (item) => `${item.path}: ${item.message} [${item.rule}]`,
  )
  const { planted, missed } = mutate(modules, rules)
  const lines = [...violations, ...missed.map((what) => `planted violation was not reported: ${what}`)]
  return {
    ok: lines.length === 0,
    detail:
      lines.length === 0
        ? `${modules.length} modules, ${planted} planted violations all reported`
        : lines.join('\n'),
  }
}

const steps: readonly [string, () => Outcome][] = [
  ['types', () => command('typescript/bin/tsc', '-p', 'tsconfig.json')],
  ['types of the web', () => command('typescript/bin/tsc', '-p', 'src/web/tsconfig.json')],
  ['lint', () => command('oxlint/bin/oxlint', '--quiet')],
  ['format', () => command('@biomejs/biome/bin/biome', 'format', '.')],
  ['boundaries', architecture],
  ['patterns', () => command('tools/checks/patterns.ts')],
  ['unused code', () => command('knip/bin/knip.js', '--no-progress')],
  ['lock file', () => problems(checkLockFile(root))],
  ['docs links', () => problems(checkDocs(root))],
  ['error codes', () => problems(checkErrorCodes(root))],
  ['generated docs', () => problems(problemsOf([...platformPages(root), accuracyPage(root)]))],
]

let failed = 0
for (const [name, run] of steps) {
  const { ok, detail } = run()
  const shown = ok && name !== 'boundaries' ? '' : detail
  process.stdout.write(
    `${ok ? 'ok  ' : 'FAIL'} ${name}${shown === '' ? '' : `${ok ? ': ' : '\n'}${shown}`}\n`,
  )
  if (!ok) failed += 1
}
process.stdout.write(`${steps.length - failed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
