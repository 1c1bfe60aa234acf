import { describe, expect, it } from 'vitest'
import { harness, SLOW, title } from './harness.ts'

const { open, serve, browser } = harness()

const MARKUP = '<img src=x onerror="document.title=\'owned\'">'
const TURNED = '\u202Egnp.exe'

describe('what registries and feeds say', () => {
  it(
    'names that are long, turned around or full of markup are shown as text and break nothing',
    async () => {
      const api = await serve({ images: 30 })
      const [first, second, third] = api.world.images
      if (first === undefined || second === undefined || third === undefined) throw new Error('no images')
      first.repository = { ...first.repository, path: `team/${'long-'.repeat(60)}end` }
      first.tags = [`v${'9'.repeat(120)}`, TURNED, MARKUP]
      second.repository = { ...second.repository, path: MARKUP }
      third.repository = { ...third.repository, path: TURNED }
      const [finding] = api.world.findings
      if (finding === undefined) throw new Error('no findings')
      Object.assign(finding.detail, {
        title: MARKUP.repeat(20),
        description: `${MARKUP} ${'x'.repeat(5_000)}`,
      })

      for (const [width, height] of [
        [360, 740],
        [1280, 800],
      ] as const) {
        for (const path of ['/images', `/images?image=${first.id}`, '/findings', '/findings?finding=f1']) {
          const page = await open(api, path)
          await page.setViewportSize({ width, height })
          await page.reload()
          await page.locator('[data-row-link]').first().waitFor()
          if (path.includes('=')) await page.getByRole('dialog').locator('dl').waitFor()
          expect(await page.locator('img[src="x"]').count()).toBe(0)
          expect(await page.title()).not.toBe('owned')
          const excess = 'document.documentElement.scrollWidth - window.innerWidth'
          expect(await page.evaluate<number>(excess), `${path} at ${width}`).toBeLessThanOrEqual(0)
          await page.close()
        }
      }
    },
    SLOW,
  )
})

describe('a server that is far or half gone', () => {
  it(
    'without the stream of events the pages ask again by themselves',
    async () => {
      const api = await serve({ images: 20 })
      api.hasEvents = false
      const page = await open(api, '/images')
      await page.getByText('Completed').first().waitFor()
      const [image] = api.world.images
      if (image === undefined) throw new Error('no images')
      image.scanStatus = 'Scanning'
      await page.getByText('Scanning').waitFor({ timeout: 30_000 })
      await page.close()
    },
    SLOW,
  )

  it(
    'a server that is gone is named as such, and the page works again when it is back',
    async () => {
      const api = await serve()
      const page = await open(api, '/images')
      await page.locator('[data-row-link]').first().waitFor()
      await browser().context.setOffline(true)
      await page.getByRole('switch', { name: 'Show non-images' }).click()
      await page.getByRole('alert').getByText('The server cannot be reached').waitFor()
      await browser().context.setOffline(false)
      await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click()
      await page.locator('[data-row-link]').first().waitFor()
      await page.close()
    },
    SLOW,
  )

  it(
    'a page whose parts do not arrive can be loaded anew',
    async () => {
      const api = await serve()
      const page = await open(api, '/images')
      await page.locator('[data-row-link]').first().waitFor()
      await browser().context.setOffline(true)
      await page.getByRole('link', { name: 'Activity', exact: true }).click()
      await page.getByRole('alert').getByText('This page could not be loaded').waitFor()
      await browser().context.setOffline(false)
      await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click()
      await title(page, 'Activity').waitFor()
      // The browser told of the parts that did not arrive: that was wanted here.
      const complaints = browser().complaints.splice(0)
      expect(
        complaints.filter((line) => !/preload CSS|dynamically imported|did not arrive/.test(line)),
      ).toEqual([])
      await page.close()
    },
    SLOW,
  )

  it(
    'an answer that is no problem document is still explained',
    async () => {
      const api = await serve()
      const page = await open(api, '/')
      await title(page, 'Overview').waitFor()
      await page.route('**/api/v1/images?*', (route) =>
        route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
      )
      await page.getByRole('link', { name: 'Images', exact: true }).click()
      await page.getByRole('alert').getByText('unreadable-answer').waitFor()
      await page.getByRole('alert').getByText('HTTP status 502').waitFor()
      await page.close()
    },
    SLOW,
  )
})
