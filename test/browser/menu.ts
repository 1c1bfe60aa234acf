import type { Locator } from 'playwright-core'

/** More items than any menu has. */
const MOST_ITEMS = 20

/**
 * Opens a menu by its button and picks an item, as a person without a mouse does. A menu takes the focus a moment after it is there,
 * also from an item that has it already: a key pressed before that is lost.
 */
export async function pick(button: Locator, name: string): Promise<void> {
  const page = button.page()
  await button.press('Enter')
  await page.locator('[role="menu"] :focus').waitFor({ state: 'attached' })
  const item = page.getByRole('menuitem', { name, exact: true })
  const focused = item.and(page.locator(':focus'))
  for (let press = 0; press < MOST_ITEMS && (await focused.count()) === 0; press++)
    await page.keyboard.press('ArrowDown')
  await focused.waitFor()
  await page.keyboard.press('Enter')
  await item.waitFor({ state: 'detached' })
}
