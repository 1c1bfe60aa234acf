import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { harness, SCREENSHOTS, SLOW } from './harness.ts'

const { open, serve } = harness()

const PAGES = {
  overview: '/',
  connections: '/settings/registry-connections',
  'add-connection': '/settings/registry-connections/new?platform=cloud-dock',
  integrations: '/integrations',
  settings: '/settings',
  images: '/images',
  'image-drawer': '/images?image=1',
  findings: '/findings',
  'finding-drawer': '/findings?finding=f1',
  activity: '/activity',
} as const

const SIZES = { narrow: [360, 740], middle: [1280, 800], huge: [2560, 1300] } as const

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
}

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.locator('[data-face="loading"]').first().waitFor({ state: 'detached' })
}

/** The page never scrolls sideways: what is wide scrolls in itself. */
async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const excess = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
  expect(excess).toBeLessThanOrEqual(0)
}

describe('every page in every size and theme', () => {
  for (const [size, [width, height]] of Object.entries(SIZES)) {
    it(
      `${size}: nothing scrolls sideways`,
      async () => {
        const api = await serve()
        const page = await open(api, '/')
        await page.setViewportSize({ width, height })
        for (const scheme of size === 'huge' ? (['light'] as const) : (['light', 'dark'] as const)) {
          await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
          for (const [name, path] of Object.entries(PAGES)) {
            await page.goto(`${api.url}${path}`)
            await settled(page)
            await expectNoSidewaysScroll(page)
            await shoot(page, `${name}-${size}-${scheme}`)
          }
        }
        await page.close()
      },
      SLOW,
    )
  }
})

describe('the faces of every page', () => {
  it(
    'loading: a skeleton of the same shape',
    async () => {
      const api = await serve()
      const page = await open(api, '/')
      await settled(page)
      api.delay = Number.POSITIVE_INFINITY
      for (const [name, path] of Object.entries({
        images: '/images',
        findings: '/findings',
        connections: PAGES.connections,
      })) {
        await page.goto(`${api.url}${path}`)
        await page.locator('[data-face="loading"]').first().waitFor()
        await shoot(page, `${name}-loading`)
      }
      await page.close()
    },
    SLOW,
  )

  it(
    'empty: what to do next',
    async () => {
      const api = await serve({ empty: true })
      const page = await open(api, '/')
      for (const name of ['overview', 'connections', 'images', 'findings', 'activity'] as const) {
        await page.goto(`${api.url}${PAGES[name]}`)
        await page.locator('[data-face="empty"]').waitFor()
        await page.locator('[data-face="empty"] :is(a, button)').first().waitFor()
        await shoot(page, `${name}-empty`)
      }
      await page.close()
    },
    SLOW,
  )

  it(
    'failed: cause, remedy, code, and a way to try again',
    async () => {
      const api = await serve()
      const page = await open(api, '/')
      const failure = {
        status: 500,
        code: 'database-busy',
        detail: 'The database did not answer in time.',
        remedy: 'Wait a minute, then try again.',
      }
      const routes = [
        'listConnections',
        'listImages',
        'listFindings',
        'listScans',
        'getImage',
        'getFinding',
      ] as const
      for (const route of routes) api.failures.set(route, failure)
      for (const name of [
        'overview',
        'connections',
        'images',
        'findings',
        'activity',
        'finding-drawer',
      ] as const) {
        await page.goto(`${api.url}${PAGES[name]}`)
        const alert = page.getByRole('alert').first()
        await alert.getByText(failure.detail).waitFor()
        await alert.getByText(failure.remedy).waitFor()
        await alert.getByText(failure.code).waitFor()
        await shoot(page, `${name}-failed`)
      }
      for (const route of routes) api.failures.delete(route)
      await page.goto(`${api.url}/images`)
      await page.getByRole('table').waitFor()
      await page.close()
    },
    SLOW,
  )
})
