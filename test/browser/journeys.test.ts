import { describe, expect, it } from 'vitest'
import { ACCOUNT } from '../../src/test-support/fake-api/index.ts'
import { violations } from './axe.ts'
import { harness, signIn, SLOW, title } from './harness.ts'

const { open, serve, browser } = harness()

/** Lines of a check's answer. */
const progress = { id: 'network', state: 'passed', message: 'It answers.', remedy: null, code: null }
const problem = {
  type: 'about:blank',
  title: 'Internal error',
  status: 500,
  detail: 'The check broke off.',
  code: 'internal-error',
}

describe('signing in', () => {
  it(
    'says what is wrong, pauses after too many attempts, and comes back to the page that was wanted',
    async () => {
      const api = await serve()
      await browser().context.clearCookies()
      const page = await browser().newPage()
      await page.goto(`${api.url}/findings?severity=HIGH`)
      await title(page, 'Sign in to Portolan').waitFor()
      await signIn(page, 'wrong')
      await page.getByRole('alert').getByText('Email or password is wrong').waitFor()
      expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')

      await signIn(page)
      await title(page, 'Findings').waitFor()
      expect(new URL(page.url()).search).toBe('?severity=HIGH')

      await page.getByRole('button', { name: 'Account' }).click()
      await page.getByText(ACCOUNT.email).waitFor()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await title(page, 'Sign in to Portolan').waitFor()
      for (let attempt = 0; attempt < 6; attempt++) {
        const answered = page.waitForResponse((response) => response.url().includes('/sign-in/'))
        await signIn(page, 'wrong')
        await answered
      }
      await page.getByText('Too many attempts').waitFor()
      await page.getByText('Try again in 42 seconds.').waitFor()
      await page.close()
    },
    SLOW,
  )

  it(
    'never leads to another site',
    async () => {
      const api = await serve()
      await browser().context.clearCookies()
      const page = await browser().newPage()
      await page.goto(`${api.url}/sign-in?to=//evil.example/steal`)
      await signIn(page)
      await title(page, 'Overview').waitFor()
      expect(page.url()).toBe(`${api.url}/`)
      await page.close()
    },
    SLOW,
  )

  it(
    'a session that ends leads back to the sign-in page',
    async () => {
      const api = await serve()
      const page = await open(api, '/images')
      await title(page, 'Images').waitFor()
      await browser().context.clearCookies()
      await page.getByRole('link', { name: 'Findings', exact: true }).click()
      await title(page, 'Sign in to Portolan').waitFor()
      expect(new URL(page.url()).search).toMatch(/^\?to=\/(findings|images)$/)
      await page.close()
    },
    SLOW,
  )
})

describe('registry connections', () => {
  it.each([
    ['for a reason of the server', [{ problem }], 'The check broke off.'],
    ['with the line to the server', [], 'No answer came from the Portolan server.'],
  ] as const)(
    'a check that breaks off %s keeps what it has found, says why, and can be tried again',
    async (_, last, says) => {
      const api = await serve({ empty: true })
      const page = await open(api, '/settings/registry-connections/new?platform=harbour')
      await page.getByLabel('Connection name').fill('Harbour one')
      await page.getByLabel('URL').fill('https://registry.harbour.example')
      await page.getByLabel('Username').fill('reader')
      await page.getByLabel(/^Password/).fill('right')
      const body = [{ progress }, ...last].map((line) => `${JSON.stringify(line)}\n`).join('')
      const check = '**/registry-connections/check'
      await page.route(check, (route) => route.fulfill({ contentType: 'application/x-ndjson', body }))
      for (const name of ['Next', 'Next', 'Save Connection']) await page.getByRole('button', { name }).click()
      await page.getByText(says).waitFor()
      const lines = page.getByRole('list', { name: 'Connection check' }).getByRole('listitem')
      expect(await lines.allInnerTexts()).toEqual([
        expect.stringMatching(/Passed\s+It answers\./),
        ...Array.from({ length: 4 }, () => expect.stringContaining('Not checked yet')),
      ])
      await page.unroute(check)
      await page.getByRole('button', { name: 'Save Connection' }).click()
      await title(page, 'Registry Connections').waitFor()
      await page.close()
    },
    SLOW,
  )

  it(
    'wrong credentials show the failing step with cause and remedy; right ones connect, discover and scan',
    async () => {
      const api = await serve({ empty: true })
      const page = await open(api, '/')
      await page.getByRole('link', { name: /Harbour Registry/ }).click()
      await page.getByLabel('Connection name').fill('Harbour one')
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByText('URL is required.').waitFor()
      await page.getByLabel('URL').fill('https://registry.harbour.example')
      await page.getByLabel('Username').fill('reader')
      await page.getByLabel(/^Password/).fill('wrong')
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByLabel('Latest tags of each repository').waitFor()
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByRole('button', { name: 'Save Connection' }).click()

      const check = page.getByRole('list', { name: 'Connection check' })
      const alert = page.getByRole('alert')
      await alert.getByText('Failed to connect').waitFor()
      const often = await alert.getByRole('list', { name: 'Often the cause' }).innerText()
      expect(often).toMatch(/credentials.*console/)
      expect(often).toContain('203.0.113.7')
      expect(often).toMatch(/firewall/)
      expect(await alert.innerText()).toContain('Verify both in the console')
      expect(await check.getByRole('listitem').allInnerTexts()).toEqual([
        expect.stringContaining('Passed'),
        expect.stringContaining('Passed'),
        expect.stringMatching(/Failed[^]*stands above/),
        expect.stringContaining('Skipped'),
        expect.stringContaining('Skipped'),
      ])
      expect(api.world.connections).toHaveLength(0)

      await page.getByRole('button', { name: 'Edit credentials' }).click()
      await page.getByLabel(/^Password/).fill('right')
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByRole('button', { name: 'Save Connection' }).click()
      await title(page, 'Registry Connections').waitFor()
      const row = page.getByRole('row', { name: /Harbour one/ })
      await row.getByText('Syncing').waitFor()
      await page.getByRole('progressbar').waitFor()
      await row.getByText('Connected').waitFor()
      await row.getByRole('link', { name: '8 Completed' }).click()
      await title(page, 'Images').waitFor()
      await page
        .getByRole('row', { name: /Completed/ })
        .first()
        .waitFor()
      await page.close()
    },
    SLOW,
  )

  it(
    'discovers more images: rows that arrive wait behind a button',
    async () => {
      const api = await serve({ images: 20 })
      const page = await open(api, '/settings/registry-connections')
      const list = await open(api, '/images')
      await list.getByText('19 images').waitFor()
      await page.getByRole('button', { name: 'Discover Images of Production harbour' }).click()
      await page.getByText('Discovery has started.').waitFor()
      await list.bringToFront()
      await list.getByRole('button', { name: '8 new' }).click()
      await list.getByText('27 images').waitFor()
      await page.close()
      await list.close()
    },
    SLOW,
  )

  it(
    'an edit keeps the stored secret when its field is left empty, and asks again on a conflict',
    async () => {
      const api = await serve()
      const page = await open(api, '/settings/registry-connections')
      await page.getByRole('button', { name: 'Actions for Production harbour' }).click()
      await page.getByRole('menuitem', { name: 'Edit' }).click()
      await page.getByLabel('Latest tags of each repository').waitFor()
      await page.getByRole('button', { name: 'Back' }).click()
      expect(await page.getByLabel(/^Password/).getAttribute('placeholder')).toBe(
        'stored; leave empty to keep',
      )
      await page.getByLabel('Connection name').fill('Renamed harbour')
      await page.getByRole('button', { name: 'Update' }).click()
      await title(page, 'Registry Connections').waitFor()
      await page.getByRole('link', { name: 'Renamed harbour', exact: true }).waitFor()

      await page.getByRole('button', { name: 'Actions for Renamed harbour' }).click()
      await page.getByRole('menuitem', { name: 'Edit' }).click()
      await page.getByLabel('Latest tags of each repository').fill('25')
      const [connection] = api.world.connections
      if (connection !== undefined) connection.version += 1
      await page.getByRole('button', { name: 'Update' }).click()
      await page.getByRole('alert').getByText('Someone else changed this connection').waitFor()
      await page.close()
    },
    SLOW,
  )

  it(
    'how a registry is reached is folded away, opens where something is set or wrong, and a stored secret can be removed',
    async () => {
      const api = await serve()
      const [connection] = api.world.connections
      if (connection !== undefined) connection.secretFields = ['password', 'proxyPassword']
      const page = await open(api, '/settings/registry-connections/new?platform=harbour')
      const group = page.getByRole('group').filter({ hasText: 'How this registry is reached' })
      await group.waitFor()
      expect(await page.getByLabel('Proxy', { exact: true }).isVisible()).toBe(false)
      await page.locator('summary').focus()
      await page.keyboard.press('Enter')
      await page.getByLabel('Proxy', { exact: true }).fill('http://proxy.evil.example')
      await page.getByLabel('Connection name').fill('By proxy')
      await page.getByLabel('URL').fill('https://registry.harbour.example')
      await page.getByLabel('Username').fill('reader')
      await page.getByLabel(/^Password/).fill('right')
      const refusal = 'The proxy proxy.evil.example may not be used for a connection.'
      api.failures.set('checkSettings', {
        status: 403,
        code: 'proxy-not-allowed',
        detail: refusal,
        fields: { proxyUrl: `${refusal} The operator adds it to PORTOLAN_ALLOW_CONNECTION_PROXIES.` },
      })
      await page.getByText('How this registry is reached').click()
      for (const name of ['Next', 'Next', 'Save Connection']) await page.getByRole('button', { name }).click()
      await page.getByText(/PORTOLAN_ALLOW_CONNECTION_PROXIES/).waitFor()
      expect(await page.getByLabel('Proxy', { exact: true }).getAttribute('aria-invalid')).toBe('true')
      expect(await violations(page)).toEqual([])

      await page.goto(`${api.url}/settings/registry-connections/${connection?.id}/edit?step=credentials`)
      const stored = page.getByLabel('Proxy password', { exact: true })
      await stored.waitFor()
      expect(await stored.inputValue()).toBe('')
      expect(await page.getByRole('button', { name: 'Remove the stored Password' }).count()).toBe(0)
      await page.getByRole('button', { name: 'Remove the stored Proxy password' }).click()
      expect(await stored.isDisabled()).toBe(true)
      api.failures.delete('checkSettings')
      await page.getByRole('button', { name: 'Update' }).click()
      await title(page, 'Registry Connections').waitFor()
      expect(connection?.secretFields).toEqual(['password'])
      await page.close()
    },
    SLOW,
  )

  it(
    'everything can be discovered again, whatever seems unchanged',
    async () => {
      const api = await serve()
      const page = await open(api, '/settings/registry-connections')
      await page.getByRole('button', { name: 'Actions for Production harbour' }).click()
      await page.getByRole('menuitem', { name: 'Discover everything again' }).click()
      await page.getByText('Discovery has started.').waitFor()
      expect(api.requests.filter((request) => request.startsWith('POST'))).toEqual([
        expect.stringMatching(/\/discover\?listing=complete$/),
      ])
      await page.close()
    },
    SLOW,
  )

  it(
    'an error and a warning of a connection stay under its row, with what to do',
    async () => {
      const api = await serve()
      const page = await open(api, '/settings/registry-connections')
      const failure = page.getByRole('note').filter({ hasText: 'Failed to connect' })
      await failure.getByText('Make a new key in the console of the cloud').waitFor()
      expect(await failure.innerText()).toContain('203.0.113.7')
      await page.getByText(/may also push and delete.*Use credentials that may only read/).waitFor()
      await page.close()
    },
    SLOW,
  )

  it(
    'deletes only when the name was typed',
    async () => {
      const api = await serve()
      const page = await open(api, '/settings/registry-connections')
      await page.getByRole('button', { name: 'Actions for Laboratory' }).click()
      await page.getByRole('menuitem', { name: 'Delete' }).click()
      const dialog = page.getByRole('dialog')
      const button = dialog.getByRole('button', { name: 'Delete' })
      expect(await button.isDisabled()).toBe(true)
      await dialog.getByRole('textbox').fill('Laboratory')
      await button.click()
      await dialog.waitFor({ state: 'detached' })
      await page.getByRole('link', { name: 'Laboratory', exact: true }).waitFor({ state: 'detached' })
      expect(api.world.connections.map(({ name }) => name)).not.toContain('Laboratory')
      await page.close()
    },
    SLOW,
  )

  it(
    'scans the selected ones together; every label of the documentation is there',
    async () => {
      const api = await serve()
      const page = await open(api, '/settings/registry-connections')
      await page.getByRole('table').waitFor()
      const text = await page.getByRole('main').innerText()
      for (const label of [
        'Registry Connections',
        'Add Connection',
        'Discover Images',
        'Scan Images',
        'Registry Access',
        'Scan Interval',
        'Connected',
        'Error',
        'Unknown',
        'Private',
        'Public/Manual',
        'Ready to discover/scan',
        'Click Edit to update credentials',
        'Click Discover to test',
      ]) {
        expect(text).toContain(label)
      }
      await page.getByText('Daily', { exact: true }).first().hover()
      await page.getByRole('tooltip').getByText('Scan Schedule').waitFor()
      await page.getByLabel('Select Production harbour').click()
      await page.getByRole('button', { name: 'Scan Now' }).click()
      await page.getByText(/images are queued/).waitFor()
      await page.close()
    },
    SLOW,
  )

  it(
    'whoever does not administer sees no button that is refused',
    async () => {
      const api = await serve()
      api.world.role = 'member'
      const page = await open(api, '/settings/registry-connections')
      await page.getByRole('button', { name: 'Actions for Laboratory' }).click()
      await page.getByRole('menuitem', { name: 'View Images' }).waitFor()
      expect(await page.getByRole('menuitem', { name: 'Delete' }).count()).toBe(0)
      expect(await page.getByRole('link', { name: 'Add Connection' }).count()).toBe(0)
      await page.close()
    },
    SLOW,
  )

  it(
    'the cogwheel leads over Integrations and a platform tile to the same form',
    async () => {
      const api = await serve()
      const page = await open(api, '/')
      await page.getByRole('button', { name: 'Settings and integrations' }).click()
      await page.getByRole('menuitem', { name: 'Integrations' }).click()
      await page.getByRole('heading', { name: 'Registries' }).waitFor()
      await page.getByRole('link', { name: /Cloud Dock/ }).click()
      await title(page, 'Add Connection').waitFor()
      await page.getByLabel('Secret Access Key').waitFor()
      await page.getByText('dock:ListRepositories', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Copy policy' }).click()
      expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain('dock:ReadImages')
      await page.close()
    },
    SLOW,
  )
})
