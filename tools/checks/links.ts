import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const linkPattern = /\]\(([^)\s]+)\)/g

/** Relative links that lead nowhere, and pages under docs/ that no other page links. */
export function checkDocs(root: string): string[] {
  const pages = globSync(['*.md', 'docs/**/*.md', 'src/**/*.md', 'test/**/*.md'], {
    cwd: root,
    exclude: ['**/node_modules/**'],
  })
  const linked = new Set<string>()
  const broken: string[] = []
  for (const page of pages) {
    for (const [, target = ''] of readFileSync(join(root, page), 'utf8').matchAll(linkPattern)) {
      if (/^[a-z]+:|^#/.test(target)) continue
      const file = normalize(join(dirname(page), target.split('#')[0] ?? ''))
      if (existsSync(join(root, file))) linked.add(file)
      else broken.push(`${page}: ${target} leads nowhere`)
    }
  }
  const folderLinked = (page: string): boolean => [...linked].some((target) => page.startsWith(`${target}/`))
  const orphans = pages
    .filter((page) => page.startsWith('docs/') && !linked.has(page) && !folderLinked(page))
    .map((page) => `${page}: no page links to it`)
  return [...broken, ...orphans]
}
