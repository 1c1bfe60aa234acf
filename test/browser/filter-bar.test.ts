import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { harness, SLOW } from './harness.ts'

const { open, serve } = harness()

/** Types as a person does who looks up once something is suggested. */
async function typed(page: Page, words: string, suggested: RegExp): Promise<void> {
  await page.getByRole('textbox', { name: 'Filter findings' }).fill(words)
  await page.getByRole('option', { name: suggested }).waitFor()
  await page.locator('[role="option"][data-combobox-selected]').waitFor()
  await page.keyboard.press('Enter')
}

describe('the filter bar of the findings', () => {
  it(
    'Enter takes what is suggested first, also where the suggestions came later',
    async () => {
      const api = await serve()
      const page = await open(api, '/findings')
      await typed(page, 'repository:ingr', /repository:platform\/ingress/)
      await page.waitForURL(/repository=4/)
      await page.close()
    },
    SLOW,
  )

  it(
    'takes the beginning of a severity for the severity, and that of a digest for the image',
    async () => {
      const api = await serve()
      const page = await open(api, '/findings')
      await typed(page, 'high', /severity:high/)
      await page.waitForURL(/severity=HIGH/)
      const digest = api.world.images.find(({ scanStatus }) => scanStatus === 'Completed')?.digest ?? ''
      const short = digest.slice(7, 19)
      await typed(page, short, new RegExp(`digest:${short}`))
      await page.waitForURL(new RegExp(`digest=${digest}`))
      await page.goto(`${api.url}/findings`)
      await typed(page, `digest:${short.slice(0, 6)}`, new RegExp(`digest:${short}`))
      await page.waitForURL(new RegExp(`digest=${digest}`))
      expect(new URL(page.url()).search).not.toContain('package')
      await page.close()
    },
    SLOW,
  )
})
