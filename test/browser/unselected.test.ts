import { expect, it } from 'vitest'
import { expectEachFace } from './each-face.ts'
import { harness, SLOW } from './harness.ts'

const { open, serve } = harness()

it(
  'an image outside of the selection does not wait for ever: it says which rule leaves it out, and can be scanned all the same',
  async () => {
    const api = await serve()
    const [image] = api.world.images.filter(({ scanStatus }) => scanStatus === 'Pending')
    if (image === undefined) throw new Error('the fake has none that waits')
    const rule = 'only the latest 10 tags of its repository are scanned'
    Object.assign(image, { selected: false, scanStatus: null, unselectedBecause: rule })
    const page = await open(api, `/images?digest=${image.digest}`)
    const row = page.getByRole('row').filter({ hasText: image.digest.slice(7, 19) })
    await row.getByText('Not selected').hover()
    await page.getByRole('tooltip').getByText(rule).waitFor()
    await row.getByRole('link').first().click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText(`Not selected for scanning: ${rule}`).waitFor()
    await expectEachFace(page, 'unselected')
    await page.setViewportSize({ width: 1440, height: 900 })

    const findings = await open(api, `/findings?digest=${image.digest}`)
    await findings.locator('[data-face="empty"]').getByText(`not selected for scanning: ${rule}`).waitFor()
    await findings.close()

    await drawer.getByRole('button', { name: 'Scan Now' }).click()
    await drawer.getByRole('link', { name: 'Completed: show its findings' }).waitFor()
    expect(await page.getByText('Not selected').count()).toBe(0)
    await page.close()
  },
  SLOW,
)
