import { describe, expect, it } from 'vitest'
import { harness, SLOW } from './harness.ts'

const { open, serve } = harness()

describe('what is no image', () => {
  it(
    'is hidden until it is asked for, which the address keeps; it has a kind and no scan status',
    async () => {
      const api = await serve()
      const page = await open(api, '/images')
      await page.locator('[data-row-link]').first().waitFor()
      expect(await page.getByText('Chart', { exact: true }).count()).toBe(0)
      await page.getByRole('switch', { name: 'Show non-images' }).click()
      await page.waitForURL(/kind=all/)
      const chart = page.getByText('Chart', { exact: true }).first()
      await chart.waitFor()
      await chart.hover()
      await page.getByRole('tooltip').getByText('Not an image: there is nothing to scan.').waitFor()

      const id = api.world.images.find(({ kind }) => kind === 'chart')?.id ?? 0
      const copy = await open(api, `/images?kind=all&image=${id}`)
      const drawer = copy.getByRole('dialog')
      await drawer.getByText('Chart', { exact: true }).waitFor()
      expect(await drawer.getByRole('button', { name: /Scan Now|Try again/ }).count()).toBe(0)
      await copy.close()
      await page.close()
    },
    SLOW,
  )
})

describe('platforms', () => {
  it(
    'are listed with their own state and findings, each a link to its own list',
    async () => {
      const api = await serve()
      const image = api.world.images.find(
        ({ platforms, scanStatus }) => platforms.length === 2 && scanStatus === 'Completed',
      )
      const page = await open(api, `/images?image=${image?.id}`)
      const table = page.getByRole('dialog').getByRole('table', { name: 'Platforms' })
      const row = table.getByRole('row').filter({ hasText: 'linux/arm64' })
      await row.getByText('Completed').waitFor()
      await row.getByRole('link').last().click()
      await page.waitForURL(/\/findings\?digest=sha256/)
      const digest = new URL(page.url()).searchParams.get('digest') ?? ''
      expect(digest).not.toBe(image?.digest)
      await page.close()
    },
    SLOW,
  )

  it(
    'and the engine are chosen in the connection’s configuration; an engine that is not there says how to get it',
    async () => {
      const api = await serve()
      const [connection] = api.world.connections
      const page = await open(api, `/settings/registry-connections/${connection?.id}/edit`)
      await page.getByRole('button', { name: /Configuration/ }).click()
      const platforms = page.getByRole('combobox', { name: 'Platforms' })
      await platforms.fill('linux/arm64')
      await platforms.press('Enter')
      await platforms.press('Escape')
      await page.getByText('What finds the vulnerabilities. Trivy is not installed. Install it.').waitFor()
      await page.getByRole('combobox', { name: 'Engine' }).click()
      await page.getByRole('option', { name: /^Built-in/ }).waitFor()
      expect(await page.getByRole('option', { name: /^Trivy/ }).getAttribute('data-combobox-disabled')).toBe(
        'true',
      )
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Update' }).click()
      await page.waitForURL(/registry-connections$/)
      const saved = api.world.connections.find(({ id }) => id === connection?.id)
      expect([saved?.selection.platforms, saved?.engine]).toEqual([['linux/arm64'], 'portolan'])
      await page.close()

      const settings = await open(api, '/settings')
      await settings.getByText('Not available').waitFor()
      await settings.close()
    },
    SLOW,
  )
})
