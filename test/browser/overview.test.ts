import { expect, it } from 'vitest'
import { harness, SLOW } from './harness.ts'

const { open, serve } = harness()

it(
  'two connections to one registry count each image once, as the lists do',
  async () => {
    const api = await serve()
    const [first, , third] = api.world.connections
    if (first === undefined || third === undefined) throw new Error('the fake has three connections')
    third.counts = { ...first.counts }
    const page = await open(api, '/')
    const images = api.world.images.filter(({ kind }) => kind === 'image')
    const failed = images.filter(({ scanStatus }) => scanStatus === 'Failed')
    const total = page.getByRole('link', { name: `${images.length} images`, exact: true }).first()
    await total.waitFor()
    const attention = page.getByRole('link', { name: `${failed.length} images could not be scanned` })
    await attention.waitFor()
    expect(await page.getByText(`${2 * images.length} images`).count()).toBe(0)
    await attention.click()
    await page.waitForURL(/\/images\?status=Failed/)
    await page.getByText(`${failed.length} images`, { exact: true }).waitFor()
    await page.close()
  },
  SLOW,
)

it(
  'the number of images of a finding leads to where it is, not to its whole repository',
  async () => {
    const api = await serve()
    const page = await open(api, '/findings')
    const [finding] = api.world.findings
    const row = page.getByRole('row').filter({ hasText: finding?.detail.vulnerabilityId ?? '' })
    await row.getByRole('link', { name: `${finding?.detail.images}`, exact: true }).click()
    await page.waitForURL(new RegExp(`/findings\\?finding=${finding?.detail.id}$`))
    await page
      .getByRole('dialog')
      .getByRole('heading', { name: /^Where it is/ })
      .waitFor()
    await page.close()
  },
  SLOW,
)
