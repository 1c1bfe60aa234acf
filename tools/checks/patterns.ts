/**
 * Regular expressions that need more than linear time for some text: what an image or a registry sends would hold the server up.
 * Run as a program, because it sees composed patterns as they are made while their modules load. Prints each; exit code 1 for any.
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'
import { analyse } from 'scslre'

const src = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'src')

interface Pattern {
  readonly source: string
  readonly flags: string
}

/** What stands in a file as `/…/`. */
function literals(node: unknown): Pattern[] {
  if (typeof node !== 'object' || node === null) return []
  if ('regex' in node) {
    const { pattern, flags } = node.regex as { readonly pattern: string; readonly flags: string }
    return [{ source: pattern, flags }]
  }
  return Object.values(node).flatMap(literals)
}

/** What a file gives to `new RegExp` while it loads; what packages that it imports make is theirs. */
async function composed(path: string): Promise<Pattern[]> {
  const made: Pattern[] = []
  const Original = globalThis.RegExp
  globalThis.RegExp = new Proxy(Original, {
    construct(target, [source, flags]: [string, string?]) {
      const caller = new Error('for its stack').stack?.split('\n')[2] ?? ''
      if (caller.includes(path)) made.push({ source: String(source), flags: flags ?? '' })
      return new target(source, flags)
    },
  })
  await import(`${path}?patterns`)
  globalThis.RegExp = Original
  return made
}

function isSlow({ source, flags }: Pattern): boolean {
  return analyse({ source, flags }).reports.length > 0
}

async function problemsOf(path: string): Promise<string[]> {
  const source = readFileSync(join(src, path), 'utf8')
  const patterns = literals(parseSync(path, source).program)
  if (source.includes('new RegExp(')) patterns.push(...(await composed(join(src, path))))
  return patterns
    .filter(isSlow)
    .map((pattern) => `src/${path}: /${pattern.source}/${pattern.flags} takes more than linear time`)
}

const files = globSync('**/*.{ts,tsx}', { cwd: src, exclude: ['test-support/**'] }).filter(
  (path) => !/\.test\.tsx?$/.test(path),
)
const problems: string[] = []
for (const path of files) problems.push(...(await problemsOf(path)))
process.stdout.write(problems.map((line) => `${line}\n`).join(''))
process.exitCode = problems.length === 0 ? 0 : 1
