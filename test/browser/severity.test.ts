import { expect, it } from 'vitest'
import { cutOff } from './cut-off.ts'
import { harness, SLOW } from './harness.ts'

// As on most desks: scrollbars that take room.
const { open, serve } = harness({ scrollbars: true })

it(
  'counts by severity are never cut: compact above 999, whole on hover and for a screen reader',
  async () => {
    const api = await serve()
    const counts = { CRITICAL: 112, HIGH: 1_248, MEDIUM: 14_700, LOW: 174, UNKNOWN: 333 }
    for (const image of api.world.images) image.counts = image.scanStatus === 'Completed' ? counts : null
    const page = await open(api, '/images')
    for (const width of [1440, 1280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      const bar = page.getByTitle('112 critical, 1,248 high, 14,700 medium, 174 low, 333 unknown').first()
      await bar.waitFor()
      expect(await bar.locator('[data-severity]').allInnerTexts()).toEqual([
        'C112',
        'H1.2k',
        'M14k',
        'L174',
        'U333',
      ])
      expect(await cutOff(page, '[data-severity]'), `at ${width}`).toEqual([])
    }
    await page.close()
  },
  SLOW,
)
