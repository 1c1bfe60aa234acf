import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { accuracyPage } from '../../tools/docs/accuracy-page.ts'
import { inline } from '../../tools/docs/markdown.ts'
import { problemsOf } from '../../tools/docs/page.ts'
import { exceptions } from '../goldens/exceptions/index.ts'

it('the page on accuracy has every tested exception, and a change by hand is noticed', () => {
  const root = mkdtempSync(join(tmpdir(), 'portolan-accuracy-'))
  try {
    const problems = () => problemsOf([accuracyPage(root)])
    const write = (text: string): void => writeFileSync(join(root, 'docs/accuracy.md'), text)
    mkdirSync(join(root, 'docs'))
    expect(problems()).toEqual(['docs/accuracy.md: the page is missing'])
    write('Nothing.')
    expect(problems()).toEqual(['docs/accuracy.md: has no markers for what is generated'])
    write('<!-- generated:exceptions -->\n<!-- /generated -->')
    const { wanted = '' } = accuracyPage(root)
    for (const { rule, source } of exceptions)
      expect(wanted).toContain(`| ${inline(rule)} | ${inline(source)} |`)
    write(wanted)
    expect(problems()).toEqual([])
    write(wanted.replace(inline(exceptions[0]?.rule ?? ''), 'Another rule.'))
    expect(problems()).toEqual(['docs/accuracy.md: is not as the code says; run npm run docs'])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
