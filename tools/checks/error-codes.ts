import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** `code: 'kebab-case'` wherever an error is made. */
const codePattern = /\bcode: '([a-z][a-z0-9]*(?:-[a-z0-9]+)+)'/g
const rowPattern = /^\| `([a-z0-9-]+)` \|/gm

/** Codes that the code makes and docs/errors lacks, and the reverse. */
export function checkErrorCodes(root: string): string[] {
  const pages = globSync('docs/errors/*.md', { cwd: root })
  const rows = pages.flatMap((page) => [...readFileSync(join(root, page), 'utf8').matchAll(rowPattern)])
  const documented = new Set(rows.map((match) => match[1] ?? ''))
  const made = new Map<string, string>()
  const sources: string[] = []
  for (const file of globSync('src/**/*.ts', {
    cwd: root,
    exclude: ['**/*.test.ts', 'src/test-support/**', 'src/web/**'],
  })) {
    const source = readFileSync(join(root, file), 'utf8')
    sources.push(source)
    for (const [, code = ''] of source.matchAll(codePattern)) made.set(code, file)
  }
  return [
    ...[...made]
      .filter(([code]) => !documented.has(code))
      .map(([code, file]) => `${file}: error code ${code} is in no page of docs/errors`),
    ...[...documented]
      .filter((code) => !sources.some((source) => source.includes(`'${code}'`)))
      .map((code) => `docs/errors: ${code} is made nowhere`),
  ]
}
