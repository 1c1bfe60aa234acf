import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { builtWeb } from '../../src/test-support/browser/index.ts'

const INITIAL_JAVASCRIPT_BYTES = 220 * 1024

const manifest = z.record(
  z.string(),
  z.object({
    file: z.string(),
    imports: z.array(z.string()).default([]),
    dynamicImports: z.array(z.string()).default([]),
  }),
)

describe('the built pages', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await builtWeb()
  })
  const read = () => manifest.parse(JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')))

  it('start with at most 220 KB of compressed JavaScript', () => {
    const chunks = read()
    const seen = new Set<string>()
    const walk = (name: string): void => {
      if (seen.has(name)) return
      seen.add(name)
      for (const next of chunks[name]?.imports ?? []) walk(next)
    }
    walk('index.html')
    const bytes = [...seen].reduce(
      (sum, name) =>
        sum + gzipSync(readFileSync(join(folder, chunks[name]?.file ?? '')), { level: 9 }).length,
      0,
    )
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThanOrEqual(INITIAL_JAVASCRIPT_BYTES)
  })

  it('load each page only when it is visited', () => {
    const pages = (read()['index.html']?.dynamicImports ?? []).filter((name) => name.startsWith('pages/'))
    expect(pages.length).toBeGreaterThanOrEqual(10)
  })

  it('carry no address of another host and no inline script', () => {
    const html = readFileSync(join(folder, 'index.html'), 'utf8')
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//)
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/)
  })

  it('come compressed as well', () => {
    expect(readFileSync(join(folder, 'index.html.br')).length).toBeGreaterThan(0)
    expect(readFileSync(join(folder, 'index.html.gz')).length).toBeGreaterThan(0)
  })
})
