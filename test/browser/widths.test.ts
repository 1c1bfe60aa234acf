import type { Locator } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { ago } from '../../src/test-support/fake-api/index.ts'
import { cutOff } from './cut-off.ts'
import { harness, SLOW } from './harness.ts'

// As on most desks: scrollbars that take room.
const { open, serve } = harness({ scrollbars: true })

/** Numbers that their cell cuts. */
function cutNumbers(region: Locator): Promise<string[]> {
  return region
    .locator('td[data-align="right"]')
    .evaluateAll<string[], { scrollWidth: number; clientWidth: number; textContent: string }>((cells) =>
      cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent),
    )
}

/** How much of a table is only reached by scrolling sideways, in pixels. */
function excess(region: Locator): Promise<number> {
  return region.evaluate<number, { scrollWidth: number; clientWidth: number }>(
    ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
  )
}

describe('long tables', () => {
  it(
    'do not scroll sideways, and cut no date and no badge',
    async () => {
      const api = await serve()
      for (const image of api.world.images) {
        image.pushedAt = ago(0.5)
        image.sizeBytes = 63.4 * 2 ** 20
        if (image.kind === 'chart') image.kind = 'attestation'
      }
      for (const { detail } of api.world.findings) detail.firstSeenAt = ago(0.5)
      for (const scan of api.world.scans) Object.assign(scan, { requestedAt: ago(0.5), finishedAt: ago(0.9) })
      const page = await open(api, '/')
      for (const [path, label] of [
        ['/images?kind=all', 'Images'],
        ['/findings', 'Findings'],
        [`/findings?digest=${api.world.images[0]?.digest}`, 'Findings'],
        ['/activity', 'Scans'],
      ] as const) {
        await page.goto(`${api.url}${path}`)
        const region = page.getByRole('region', { name: label, exact: true })
        await region.getByRole('row').nth(3).waitFor()
        for (const width of [1280, 1366, 1440, 1600, 1920]) {
          await page.setViewportSize({ width, height: 900 })
          await expect.poll(() => excess(region), { message: `${path} at ${width}`, timeout: 15_000 }).toBe(0)
          expect(await cutOff(page, 'td time, td [data-tone]'), `${path} at ${width}`).toEqual([])
          expect(await cutNumbers(region), `${path} at ${width}`).toEqual([])
        }
      }
      await page.close()
    },
    SLOW,
  )

  it(
    'activity names a repository by its path, and its registry on hover',
    async () => {
      const api = await serve()
      const page = await open(api, '/activity')
      const link = page.getByRole('link', { name: 'shop/api', exact: true }).first()
      expect(await link.getAttribute('title')).toBe('registry.harbour.example/shop/api')
      await page.close()
    },
    SLOW,
  )
})
