import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { registryPlatforms } from '../../src/app/registry-platforms.ts'
import { code, fill, inline, table } from '../../tools/docs/markdown.ts'
import { problemsOf } from '../../tools/docs/page.ts'
import { platformPages } from '../../tools/docs/platform-pages.ts'

const made: string[] = []
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true })
})

const markers = (name: string): string => `<!-- generated:${name} -->\n<!-- /generated -->\n`

/** A checkout with nothing but empty pages. */
function checkout(): string {
  const root = mkdtempSync(join(tmpdir(), 'portolan-docs-'))
  made.push(root)
  for (const { path } of platformPages(root)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    const isReadme = path.endsWith('README.md')
    writeFileSync(
      join(root, path),
      isReadme ? markers('platforms') + markers('transport') : markers('description'),
    )
  }
  return root
}

function write(root: string): void {
  for (const { path, wanted } of platformPages(root)) writeFileSync(join(root, path), wanted ?? '')
}

describe('pages of platforms', () => {
  it('have fields, permissions, limits and notifications of every platform, and are then up to date', () => {
    const root = checkout()
    expect(problemsOf(platformPages(root))).toHaveLength(registryPlatforms.length + 1)
    write(root)
    expect(problemsOf(platformPages(root))).toEqual([])
    for (const { description } of registryPlatforms) {
      const { text = '' } = platformPages(root).find(({ path }) => path === description.docs) ?? {}
      for (const { label, group } of description.fields)
        if (group !== 'transport') expect(text).toContain(`| ${inline(label)} |`)
      for (const { name } of description.permissions) expect(text).toContain(code(name))
      for (const heading of ['Fields', 'Permissions', 'Limits', 'Push notifications'])
        expect(text).toContain(`## ${heading}`)
      expect(text).not.toMatch(/\{(?:address|secret)\}/)
    }
  })

  it('are missed, and a change by hand is noticed', () => {
    const root = checkout()
    write(root)
    const [first, second, third] = platformPages(root)
    rmSync(join(root, first?.path ?? ''))
    writeFileSync(join(root, second?.path ?? ''), 'no markers')
    writeFileSync(join(root, third?.path ?? ''), (third?.text ?? '').replace('## Fields', '## Felder'))
    expect(problemsOf(platformPages(root)).map((problem) => problem.split(': ')[1]?.split(' ')[0])).toEqual([
      'the',
      'has',
      'is',
    ])
  })
})

describe('what the errors of a platform mean', () => {
  const read = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')

  it.each(
    registryPlatforms.map(({ description }) => [description.id, description.docs]),
  )('is on the page of %s: every code that its own folder gives an error', (id, docs) => {
    const files = globSync(`src/registries/providers/${id}/**/*.ts`, {
      cwd: join(import.meta.dirname, '../..'),
    })
    const sources = files.filter((path) => !path.endsWith('.test.ts')).map(read)
    const codes = sources.flatMap((text) =>
      [...text.matchAll(/\bcode: '([a-z]+(?:-[a-z]+)+)'/g)].map((match) => match[1]),
    )
    const page = read(docs)
    expect([...new Set(codes)].filter((each) => !page.includes(`\`${each}\``))).toEqual([])
  })
})

describe('markdown', () => {
  it('lets no text become markup', () => {
    expect(inline('a <b> | c\n d')).toBe('a &lt;b> \\| c d')
    expect(table(['x'], [])).toBe('')
  })

  it('replaces what is between markers, and nothing else', () => {
    expect(fill(`before\n${markers('a')}after ${markers('b')}`, 'a', 'new')).toBe(
      `before\n<!-- generated:a -->\n\nnew\n\n<!-- /generated -->\nafter ${markers('b')}`,
    )
    expect(fill('text', 'a', 'new')).toBeUndefined()
  })
})
