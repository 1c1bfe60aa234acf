import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** `code: 'kebab-case'` wherever an error is made. */
const codePattern = /\bcode: '([a-z][a-z0-9]*(?:-[a-z0-9]+)+)'/g
const rowPattern = /^\| `([a-z0-9-]+)` \|/gm

/** Codes that the code makes and docs/errors.md lacks, and the reverse. */
export function checkErrorCodes(root: string): string[] {
  const page = join(root, 'docs/errors.md')
  if (!existsSync(page)) return ['docs/errors.md is missing']
  const documented = new Set(
    [...readFileSync(page, 'utf8').matchAll(rowPattern)].map((match) => match[1] ?? ''),
  )
  const made = new Map<string, string>()
  for (const file of globSync('src/**/*.ts', {
    cwd: root,
    exclude: ['**/*.test.ts', 'src/test-support/**', 'src/web/**'],
  })) {
    for (const [, code = ''] of readFileSync(join(root, file), 'utf8').matchAll(codePattern))
      made.set(code, file)
  }
  return [
    ...[...made]
      .filter(([code]) => !documented.has(code))
      .map(([code, file]) => `${file}: error code ${code} is not in docs/errors.md`),
    ...[...documented]
      .filter((code) => !made.has(code))
      .map((code) => `docs/errors.md: ${code} is made nowhere`),
  ]
}
