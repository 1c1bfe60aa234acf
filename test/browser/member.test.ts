import { describe, expect, it } from 'vitest'
import { expectEachFace } from './each-face.ts'
import { harness, SLOW, title } from './harness.ts'

const { open, serve } = harness()

const FORMS = 'a[href^="/settings/registry-connections/new"], a[href*="/edit"]'

describe('a member who is no administrator', () => {
  it(
    'is led to no form that would be refused',
    async () => {
      const api = await serve()
      api.world.role = 'member'
      const page = await open(api, '/')
      await page.getByText('Old cloud account: Error').waitFor()
      expect(await page.locator(FORMS).count()).toBe(0)
      await page.goto(`${api.url}/settings/registry-connections`)
      await page.getByText('Click Edit to update credentials').waitFor()
      expect(await page.locator(FORMS).count()).toBe(0)
      await page.goto(`${api.url}/integrations`)
      await page.getByText('Cloud Dock').first().waitFor()
      expect(await page.locator(FORMS).count()).toBe(0)
      await page.keyboard.press('/')
      await page.getByRole('textbox', { name: 'Search' }).fill('connection')
      await page.getByText('Images with “connection”').waitFor()
      expect(await page.getByText('Add Connection').count()).toBe(0)
      await page.close()
    },
    SLOW,
  )

  it(
    'reads on the forms themselves who may do it',
    async () => {
      const api = await serve()
      api.world.role = 'member'
      const [connection] = api.world.connections
      for (const path of ['new', 'new?platform=cloud-dock', `${connection?.id}/edit`]) {
        const page = await open(api, `/settings/registry-connections/${path}`)
        await page.getByText('Only administrators may do this').waitFor()
        await page.getByText(/administrator of Example Organisation/).waitFor()
        expect(await page.getByRole('textbox').count()).toBe(0)
        if (path === 'new') await expectEachFace(page, 'only-administrators')
        await page.close()
      }
    },
    SLOW,
  )

  it(
    'sees at the first run that an administrator has to connect a registry',
    async () => {
      const api = await serve({ empty: true })
      api.world.role = 'member'
      for (const path of ['/', '/images', '/settings/registry-connections']) {
        const page = await open(api, path)
        await title(page, /./).waitFor()
        await page.getByText(/administrator of Example Organisation/).waitFor()
        expect(await page.locator(FORMS).count()).toBe(0)
        await page.close()
      }
    },
    SLOW,
  )
})
