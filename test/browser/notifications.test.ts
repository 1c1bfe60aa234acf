import { describe, expect, it } from 'vitest'
import { expectEachFace } from './each-face.ts'
import { harness, SLOW } from './harness.ts'
import { pick } from './menu.ts'

const { open, serve } = harness()

describe('push notifications of a connection', () => {
  it(
    'makes an address, shows the steps with it, renews and ends it, by keyboard',
    async () => {
      const api = await serve()
      const page = await open(api, '/settings/registry-connections')
      await pick(page.getByRole('button', { name: /^Actions for / }).first(), 'Push Notifications')
      await page.getByRole('button', { name: 'Make an address' }).press('Enter')
      const address = `${api.url}/hooks/registries/${'n'.repeat(43)}`
      await page.getByText(`Add a webhook with the address ${address}.`).waitFor()
      await page.getByText(`Authorization: [Bearer ${'s'.repeat(43)}]`).waitFor()
      await page.getByRole('cell', { name: 'shop/api, shop/web' }).waitFor()

      await page.getByRole('button', { name: 'Make a new address' }).press('Enter')
      const dialog = page.getByRole('dialog')
      await dialog.getByText('stop working at once').waitFor()
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })

      await page.getByRole('button', { name: 'End the address' }).press('Enter')
      await dialog.getByRole('button', { name: 'End the address' }).press('Enter')
      await page.getByRole('button', { name: 'Make an address' }).waitFor()
      expect(await page.getByText(address).count()).toBe(0)
      await page.close()
    },
    SLOW,
  )

  it(
    'is a page that axe finds nothing on, narrow and wide, light and dark',
    async () => {
      const api = await serve()
      const page = await open(api, '/settings/registry-connections')
      await pick(page.getByRole('button', { name: /^Actions for / }).first(), 'Push Notifications')
      for (const face of ['before', 'made'] as const) {
        if (face === 'made') await page.getByRole('button', { name: 'Make an address' }).press('Enter')
        await page
          .getByRole('button', { name: face === 'made' ? 'Make a new address' : 'Make an address' })
          .waitFor()
        await expectEachFace(page, `notifications-${face}`)
      }
      await page.close()
    },
    SLOW,
  )
})
