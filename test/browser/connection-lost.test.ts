import { expect, it } from 'vitest'
import { expectEachFace } from './each-face.ts'
import { harness, SLOW } from './harness.ts'

const { open, serve } = harness()

it(
  'a server that is gone is said in one line, until it is back',
  async () => {
    const api = await serve()
    const page = await open(api, '/images')
    await page.getByRole('table').waitFor()
    const line = page
      .getByRole('status')
      .filter({ hasText: /Not connected since \d\d:\d\d; what you see may be old/ })
    expect(await line.count()).toBe(0)
    api.leave()
    await line.waitFor()
    await page.getByRole('table').waitFor()
    await expectEachFace(page, 'not-connected')
    await line.getByRole('button', { name: 'Try again' }).click()
    await line.waitFor()
    api.comeBack()
    await line.getByRole('button', { name: 'Try again' }).click()
    await line.waitFor({ state: 'detached' })
    await page.close()
  },
  SLOW,
)

it(
  'a proxy that lets no events through is no lost connection',
  async () => {
    const api = await serve()
    api.hasEvents = false
    const page = await open(api, '/images')
    await page.getByRole('table').waitFor()
    const before = api.requests.length
    await expect.poll(() => api.requests.length, { timeout: 20_000 }).toBeGreaterThan(before + 2)
    expect(await page.getByText('Not connected').count()).toBe(0)
    await page.close()
  },
  SLOW,
)
