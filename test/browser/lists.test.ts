import { describe, expect, it } from 'vitest'
import { harness, SLOW, title } from './harness.ts'

const { open, serve } = harness()

describe('images', () => {
  it(
    'has the columns of the documentation, and the digest whole on hover and by its button',
    async () => {
      const api = await serve()
      const page = await open(api, '/images')
      await page.getByRole('table').waitFor()
      const headers = await page.getByRole('columnheader').allInnerTexts()
      expect(headers.slice(0, 6)).toEqual([
        'Repository',
        'Tags',
        'Digest',
        'Lifecycle',
        'SCM Link',
        'Scan Status',
      ])
      const [image] = api.world.images
      const row = page.getByRole('row').filter({ hasText: image?.digest.slice(7, 19) ?? '' })
      expect(await row.innerText()).toMatch(/\+\d+/)
      expect(await row.innerText()).toContain('Unlinked')
      await row.getByText(image?.digest.slice(7, 19) ?? '', { exact: true }).hover()
      await page
        .getByRole('tooltip')
        .getByText(image?.digest ?? '')
        .waitFor()
      await row.getByRole('button', { name: 'Copy digest' }).click()
      expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(image?.digest)
      await page.close()
    },
    SLOW,
  )

  it(
    'Completed leads to the findings of that digest',
    async () => {
      const api = await serve()
      const page = await open(api, '/images')
      await page.getByRole('link', { name: 'Completed: show its findings' }).first().click()
      await title(page, 'Findings').waitFor()
      const [image] = api.world.images
      expect(new URL(page.url()).search).toBe(`?digest=${image?.digest}`)
      await page.getByText(`digest: ${image?.digest.slice(7, 19)}`).waitFor()
      await page.getByRole('columnheader', { name: 'Path' }).waitFor()
      await page.close()
    },
    SLOW,
  )

  it(
    'filters stand in the address and come back with it',
    async () => {
      const api = await serve()
      const page = await open(api, '/images')
      await page.getByRole('button', { name: 'Scan Status' }).click()
      await page.getByRole('menuitemcheckbox', { name: 'Failed' }).click()
      await page.keyboard.press('Escape')
      await page.waitForURL(/status=Failed/)
      await page.getByRole('textbox', { name: 'Search images' }).fill('platform')
      await page.waitForURL(/q=platform/)
      await page.getByText('1 image', { exact: true }).waitFor()
      const copy = await open(api, new URL(page.url()).pathname + new URL(page.url()).search)
      await copy.getByText('1 image', { exact: true }).waitFor()
      expect(await copy.getByRole('textbox', { name: 'Search images' }).inputValue()).toBe('platform')
      await page.close()
      await copy.close()
    },
    SLOW,
  )

  it(
    'a failed scan says why and what to do, and can be tried again',
    async () => {
      const api = await serve()
      const page = await open(api, '/images?status=Failed')
      await page.getByText('Failed', { exact: true }).first().hover()
      await page.getByRole('tooltip').getByText('What to do: Push the image again, then try again.').waitFor()
      await page.getByRole('link', { name: 'platform/ingress' }).first().click()
      const drawer = page.getByRole('dialog')
      await drawer.getByText('The manifest names a layer').waitFor()
      await drawer.getByRole('button', { name: 'Try again' }).click()
      await drawer.getByRole('link', { name: 'Completed: show its findings' }).waitFor()
      await page.close()
    },
    SLOW,
  )
})

describe('findings', () => {
  it(
    'tokens and chips filter, the drawer is in the address and links only to http and https',
    async () => {
      const api = await serve()
      const page = await open(api, '/findings')
      const filter = page.getByRole('textbox', { name: 'Filter findings' })
      await filter.fill('fix:y')
      await page.getByRole('option', { name: /fix:yes/ }).waitFor()
      await filter.press('Enter')
      await page.waitForURL(/fix=yes/)
      await filter.fill('openssl')
      await page.getByRole('option', { name: /package:openssl/ }).waitFor()
      await filter.press('Enter')
      await page.waitForURL(/package=openssl/)
      await filter.press('Escape')
      await page.getByRole('button', { name: /^High/ }).click()
      await page.waitForURL(/severity=HIGH/)
      const wanted = api.world.findings.filter(
        ({ detail }) => detail.packageName === 'openssl' && detail.severity === 'HIGH',
      )
      await page.getByText(`${wanted.length} findings`, { exact: true }).waitFor()

      await page.getByRole('link', { name: wanted[0]?.detail.vulnerabilityId ?? '' }).click()
      await page.waitForURL(/finding=f/)
      const drawer = page.getByRole('dialog')
      await drawer.getByText('A flaw was found in openssl.').waitFor()
      await drawer.getByText('CVSS:3.1/AV:N').waitFor()
      await drawer.getByText('javascript:alert(document.domain)').waitFor()
      const links = await drawer.getByRole('link').all()
      for (const link of links) expect(await link.getAttribute('href')).toMatch(/^(https?:\/\/|\/)/)
      const outside = await drawer.locator('a[href^="http"]').all()
      expect(outside.length).toBeGreaterThan(1)
      for (const link of outside) expect(await link.getAttribute('rel')).toBe('noreferrer')

      await page.keyboard.press('Escape')
      await page.waitForURL((url) => !url.search.includes('finding='))
      expect(new URL(page.url()).search).toContain('severity=HIGH')
      await page.close()
    },
    SLOW,
  )

  it(
    'thousands of rows: only those on the screen are in the document, and all can be reached',
    async () => {
      const api = await serve({ images: 5_000, findings: 5_000 })
      const page = await open(api, '/findings')
      const rows = page.locator('tr[data-index]')
      await rows.first().waitFor()
      const table = page.getByRole('region', { name: 'Findings' })
      const scrollToEnd = (): Promise<unknown> =>
        table.evaluate<unknown, { scrollTop: number; scrollHeight: number }>((element) => {
          element.scrollTop = element.scrollHeight
        })
      // Fifty pages of a hundred rows: each comes when the end of the one before is near.
      for (let loaded = 100; loaded < 5_000; loaded += 100) {
        await page.getByText(`${loaded.toLocaleString('en')} of 5,000 findings`).waitFor()
        expect(await rows.count()).toBeLessThan(80)
        await scrollToEnd()
      }
      await page.getByText('5,000 findings', { exact: true }).waitFor()
      await scrollToEnd()
      await page.locator('tr[data-index="4999"]').waitFor()
      expect(await rows.count()).toBeLessThan(80)
      await page.close()
    },
    SLOW,
  )

  it(
    'a page that fails while loading more keeps what is there and can be tried again',
    async () => {
      const api = await serve({ findings: 150 })
      const page = await open(api, '/findings')
      await page.getByText('100 of 150 findings').waitFor()
      api.failures.set('listFindings', { status: 500, code: 'database-busy', detail: 'Too slow.' })
      await page.getByRole('button', { name: 'Load more' }).click()
      await page.getByRole('alert').getByText('Too slow.').waitFor()
      api.failures.clear()
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByText('150 findings', { exact: true }).waitFor()
      await page.close()
    },
    SLOW,
  )
})

describe('activity', () => {
  it(
    'lists failed scans with their reason, and tries one again',
    async () => {
      const api = await serve()
      const page = await open(api, '/activity?state=failed')
      const row = page.getByRole('row').filter({ hasText: 'The manifest names a layer' })
      await row.first().waitFor()
      const before = await row.count()
      await row
        .first()
        .getByRole('button', { name: /Try again: scan of/ })
        .click()
      await page.getByText('The image is queued again.').waitFor()
      await expect.poll(() => row.count(), { timeout: 15_000 }).toBe(before - 1)
      await page.close()
    },
    SLOW,
  )
})

describe('vulnerability data', () => {
  it(
    'its age is always shown, with a warning over two days and where there is none',
    async () => {
      const api = await serve()
      const page = await open(api, '/')
      await page.getByRole('navigation').getByText('Vulnerability data 5 h old').waitFor()
      Object.assign(api.world.database, { updatedAt: '2020-01-01T00:00:00.000Z', stale: true })
      await page.reload()
      await page
        .getByRole('navigation')
        .getByText(/Warning: vulnerability data \d+ days old/)
        .waitFor()
      Object.assign(api.world.database, { updatedAt: null, stale: true })
      await page.reload()
      await page.getByRole('navigation').getByText('No vulnerability data yet').waitFor()
      await page.close()
    },
    SLOW,
  )
})
