import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { harness, SLOW } from './harness.ts'
import { pick } from './menu.ts'

const { open, serve } = harness()

/** Name of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>(
    `document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName`,
  )
}

const onFocus = (page: Page, name: string) => expect.poll(() => focused(page), { timeout: 10_000 }).toBe(name)

describe('the focus stays where one was', () => {
  it(
    'after a dialog that the menu of a row opened, and after what the selected rows were for',
    async () => {
      const api = await serve()
      const page = await open(api, '/settings/registry-connections')
      const actions = page.getByRole('button', { name: 'Actions for Laboratory' })
      await pick(actions, 'Delete')
      await page.getByRole('dialog').getByRole('textbox').waitFor()
      await page.keyboard.press('Escape')
      await onFocus(page, 'Actions for Laboratory')
      for (const button of ['Scan Now', 'Clear']) {
        await page.getByRole('checkbox', { name: 'Select Production harbour' }).press('Space')
        await page.getByRole('toolbar').getByRole('button', { name: button }).press('Enter')
        await onFocus(page, 'Select all connections')
      }
      await page.close()
    },
    SLOW,
  )

  it(
    'after a filter of the findings was removed, or all of them',
    async () => {
      const api = await serve()
      const page = await open(api, '/findings?severity=HIGH&fix=yes')
      await page.getByRole('button', { name: 'Remove fix: yes' }).press('Enter')
      await onFocus(page, 'Filter findings')
      await page.getByRole('button', { name: 'Clear all filters' }).press('Enter')
      await onFocus(page, 'Filter findings')
      await page.goto(`${api.url}/findings?package=nothing-at-all`)
      await page.getByRole('button', { name: 'Clear filters' }).press('Enter')
      await onFocus(page, 'Filter findings')
      await page.close()
    },
    SLOW,
  )

  it(
    'after a filter of the images was removed, or all of them',
    async () => {
      const api = await serve()
      const page = await open(api, '/images?repository=1')
      await page.getByRole('button', { name: /^Remove repository/ }).press('Enter')
      await onFocus(page, 'Search images')
      await page.goto(`${api.url}/images?q=nothing-at-all`)
      await page.getByRole('button', { name: 'Clear filters' }).press('Enter')
      await onFocus(page, 'Search images')
      await page.close()
    },
    SLOW,
  )
})
