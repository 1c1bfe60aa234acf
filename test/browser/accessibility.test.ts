import { describe, expect, it } from 'vitest'
import { violations } from './axe.ts'
import { harness, SLOW, title } from './harness.ts'

const { open, serve, browser } = harness()

const PAGES: readonly (readonly [path: string, ready: string])[] = [
  ['/', '[aria-labelledby="registries-title"]'],
  ['/settings/registry-connections', 'table'],
  ['/settings/registry-connections/new', 'form input'],
  ['/settings/registry-connections/new?platform=cloud-dock', 'form textarea'],
  ['/integrations', 'a[href*="platform="]'],
  ['/settings', '#vulnerability-data dl'],
  ['/images', 'tr[data-index]'],
  ['/images?image=4', '[role="dialog"] dl'],
  ['/images/1', 'dl'],
  ['/findings', 'tr[data-index]'],
  ['/findings?severity=CRITICAL,HIGH&fix=yes', 'tr[data-index]'],
  ['/findings?finding=f1', '[role="dialog"] dl'],
  ['/findings?package=nothing', '[data-face="empty"]'],
  ['/activity', 'tr[data-index]'],
  ['/no-such-page', 'h1'],
]

describe('axe finds nothing', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(
      `on any page, ${colorScheme}`,
      async () => {
        const api = await serve()
        const page = await open(api, '/')
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        for (const [path, ready] of PAGES) {
          await page.goto(`${api.url}${path}`)
          await page.locator(ready).first().waitFor()
          expect(await violations(page), path).toEqual([])
        }
        await page.keyboard.press('?')
        await page.getByRole('dialog').waitFor()
        expect(await violations(page), 'shortcuts').toEqual([])
        await page.keyboard.press('Escape')
        await page.keyboard.press('/')
        await page.getByRole('textbox', { name: 'Search', exact: true }).waitFor()
        expect(await violations(page), 'palette').toEqual([])
        await page.goto(`${api.url}/settings/registry-connections`)
        await page.getByRole('button', { name: 'Actions for Laboratory' }).click()
        await page.getByRole('menu').waitFor()
        // Alone: it stands at the end of the document, outside the landmark that its button is in.
        expect(await violations(page, '[role="menu"]'), 'row menu').toEqual([])
        await page.getByRole('menuitem', { name: 'Delete' }).click()
        await page.getByRole('dialog').waitFor()
        expect(await violations(page), 'deletion').toEqual([])
        await page.close()
      },
      SLOW,
    )

    it(
      `in a narrow window, while loading, and on pages that fail, ${colorScheme}`,
      async () => {
        const api = await serve()
        const page = await open(api, '/')
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await page.setViewportSize({ width: 360, height: 740 })
        for (const path of ['/', '/images', '/findings', '/settings/registry-connections']) {
          await page.goto(`${api.url}${path}`)
          await page.getByRole('heading', { level: 1 }).waitFor()
          await page.locator('[data-face="loading"]').first().waitFor({ state: 'detached' })
          expect(await violations(page), path).toEqual([])
        }
        await page.getByRole('button', { name: 'Open the menu' }).click()
        expect(await violations(page), 'menu').toEqual([])
        api.failures.set('listImages', { status: 500, code: 'database-busy', detail: 'Too slow.' })
        await page.goto(`${api.url}/images`)
        await page.getByRole('alert').waitFor()
        expect(await violations(page), 'failed').toEqual([])
        await browser().context.clearCookies()
        await page.goto(api.url)
        await title(page, 'Sign in to Portolan').waitFor()
        expect(await violations(page), 'sign-in').toEqual([])
        await page.close()
      },
      SLOW,
    )
  }
})

describe('by keyboard alone', () => {
  it(
    'search, go to a page, walk over rows, open details, close them, and be back at the row',
    async () => {
      const api = await serve()
      const page = await open(api, '/')
      await title(page, 'Overview').waitFor()
      await page.keyboard.press('Tab')
      expect(await page.locator(':focus').innerText()).toBe('Skip to content')

      await page.keyboard.press('Escape')
      await page.keyboard.press('g')
      await page.keyboard.press('f')
      await title(page, 'Findings').waitFor()
      await expect.poll(() => page.locator(':focus').innerText()).toBe('Findings')
      await page.locator('tr[data-index="0"]').waitFor()

      const isRowLink = 'document.activeElement.hasAttribute("data-row-link")'
      for (let press = 0; press < 40 && !(await page.evaluate<boolean>(isRowLink)); press++) {
        await page.keyboard.press('Tab')
      }
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      expect(await page.locator(':focus').innerText()).toBe('CVE-2026-10002')
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').getByText('A flaw was found').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await expect.poll(() => page.locator(':focus').innerText()).toBe('CVE-2026-10002')
      await page.close()
    },
    SLOW,
  )

  it(
    'a menu stays, with the focus, when what arrives above it moves its row away',
    async () => {
      const api = await serve()
      const page = await open(api, '/settings/registry-connections')
      await page
        .getByRole('button', { name: /^Actions for / })
        .first()
        .press('Enter')
      const focused = page.locator('[role="menuitem"]:focus')
      await focused.waitFor()
      await page.evaluate(`new Promise((drawn) => {
        document.querySelector('table').style.marginTop = '3000px'
        window.dispatchEvent(new Event('resize'))
        requestAnimationFrame(() => requestAnimationFrame(drawn))
      })`)
      await page.keyboard.press('ArrowDown')
      await page.locator('[role="menuitem"]:focus', { hasText: 'Discover Images' }).waitFor()
      await page.close()
    },
    SLOW,
  )

  it(
    'the palette finds a vulnerability, a repository and an action',
    async () => {
      const api = await serve()
      const page = await open(api, '/')
      await title(page, 'Overview').waitFor()
      await page.keyboard.press('/')
      const search = page.getByRole('textbox', { name: 'Search', exact: true }).and(page.locator(':focus'))
      await search.waitFor()
      await page.keyboard.type('cve-2026-10007')
      await page.keyboard.press('Enter')
      await title(page, 'Findings').waitFor()
      expect(new URL(page.url()).search).toBe('?cve=CVE-2026-10007')
      await page.getByText('1 finding', { exact: true }).waitFor()

      await page.keyboard.press('Control+k')
      await search.waitFor()
      await page.keyboard.type('ingress')
      await page.getByText('platform/ingress').first().waitFor()
      await page.getByRole('button', { name: /^platform\/ingress/ }).click()
      await title(page, 'Images').waitFor()
      expect(new URL(page.url()).search).toMatch(/^\?repository=\d+$/)

      await page.keyboard.press('Control+k')
      await search.waitFor()
      await page.keyboard.type('Discover Images: Prod')
      const wanted = page.getByRole('button', { name: 'Discover Images: Production harbour' })
      await wanted.waitFor()
      // Repositories that hold what was typed so far may stand above it for a moment.
      const isChosen = async () => (await wanted.getAttribute('data-selected')) === 'true'
      for (let press = 0; press < 40 && !(await isChosen()); press++) await page.keyboard.press('ArrowDown')
      expect(await isChosen()).toBe(true)
      await page.keyboard.press('Enter')
      await page.getByText('Discovery has started.').waitFor()
      await page.close()
    },
    SLOW,
  )

  it(
    '? lists the shortcuts, and typing in a field starts none',
    async () => {
      const api = await serve()
      const page = await open(api, '/images')
      await page.getByRole('textbox', { name: 'Search images' }).fill('')
      await page.keyboard.type('gf?/')
      expect(await title(page, 'Images').isVisible()).toBe(true)
      expect(await page.getByRole('dialog').count()).toBe(0)
      await page.getByRole('heading', { level: 1 }).click()
      await page.keyboard.press('?')
      await page.getByRole('dialog').getByText('Keyboard shortcuts').waitFor()
      await page.close()
    },
    SLOW,
  )

  it(
    'a theme that was chosen stays, and the page is never painted in the other one',
    async () => {
      const api = await serve()
      const page = await open(api, '/')
      await page.getByRole('button', { name: /^Theme/ }).click()
      await page.getByRole('menuitemradio', { name: 'Dark' }).click()
      const scheme = 'document.documentElement.getAttribute("data-mantine-color-scheme")'
      expect(await page.evaluate<string>(scheme)).toBe('dark')
      await page.reload({ waitUntil: 'commit' })
      await page.locator('body').waitFor({ state: 'attached' })
      expect(await page.evaluate<string>(scheme)).toBe('dark')
      await page.getByRole('button', { name: /^Theme/ }).click()
      await page.getByRole('menuitemradio', { name: 'As the system' }).click()
      await page.close()
    },
    SLOW,
  )
})
