import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { violations } from './axe.ts'
import { SCREENSHOTS } from './harness.ts'

/** In both themes, narrow and wide: axe finds nothing, nothing scrolls sideways, and a picture is kept. */
export async function expectEachFace(page: Page, name: string): Promise<void> {
  for (const [size, width] of [
    ['narrow', 360],
    ['wide', 1280],
  ] as const) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor({ state: 'attached' })
      // Colours change a little later than the theme.
      await expect
        .poll(() => violations(page), { message: `${name}, ${size}, ${colorScheme}`, timeout: 20_000 })
        .toEqual([])
      const excess = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
      expect(excess, `${name}, ${size}`).toBeLessThanOrEqual(0)
      await page.screenshot({ path: join(SCREENSHOTS, `${name}-${size}-${colorScheme}.png`), fullPage: true })
    }
  }
}
