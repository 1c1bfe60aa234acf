import { it } from 'vitest'
import { harness, SLOW } from './harness.ts'

const { open, serve } = harness()

it(
  'a digest that was never checked is not called free of vulnerabilities, and its list says why',
  async () => {
    const api = await serve()
    const chart = api.world.images.find(({ kind }) => kind === 'chart')
    const clean = api.world.images.find(({ scanStatus }) => scanStatus === 'Completed')
    api.world.findings.splice(0)
    for (const [digest, why] of [
      [`sha256:${'0'.repeat(64)}`, 'This digest is not among your images.'],
      [chart?.digest, 'This is a chart, not an image: there is nothing to scan.'],
    ] as const) {
      const page = await open(api, `/findings?digest=${digest}`)
      const face = page.locator('[data-face="empty"]')
      await face.getByText('No result for this digest').waitFor()
      await face.getByText(why).waitFor()
      await page.close()
    }
    const page = await open(api, `/findings?digest=${clean?.digest}`)
    await page.getByText('No known vulnerability in this image').waitFor()
    await page.close()
  },
  SLOW,
)
