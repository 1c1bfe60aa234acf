import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from '../../src/app/config.ts'
import { type RunningServer, serve } from '../../src/app/serve.ts'
import {
  type SampleRegistry,
  sampleCredentials,
  startSampleRegistry,
} from '../../src/demo/sample-registry.ts'
import { builtWeb, type OpenBrowser, openBrowser } from '../../src/test-support/browser/index.ts'
import { embeddedDataFolder } from '../../src/test-support/databases/index.ts'

/** The main job by a person's hands: the real server, a real browser, the sample registry. */
const screenshots = join(fileURLToPath(new URL('../..', import.meta.url)), '.cache', 'screenshots')
const patience = { timeout: 120_000 }
let folder: string
let registry: SampleRegistry
let server: RunningServer
let browser: OpenBrowser

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true })
  const webRoot = await builtWeb()
  folder = await embeddedDataFolder()
  registry = await startSampleRegistry(Date.now())
  const config = await loadConfig({
    PORTOLAN_DATA_DIR: folder,
    PORTOLAN_PORT: '0',
    PORTOLAN_DB_REPOSITORY: registry.database,
    PORTOLAN_ALLOW_PRIVATE_NETWORKS: '127.0.0.1',
    PORTOLAN_ALLOW_INSECURE_REGISTRIES: '127.0.0.1',
    PORTOLAN_LOG_LEVEL: 'silent',
  })
  server = await serve({ config: { ...config, webRoot }, print: () => {} })
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
  await registry?.server.close()
  await rm(folder, { recursive: true, force: true })
})

const shot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: join(screenshots, `real-${name}.png`) })
const title = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

async function signIn(page: Page): Promise<void> {
  const account = server.firstUser
  if (account === null) throw new Error('the first start makes a user')
  await page.goto(server.address)
  await page.getByRole('textbox', { name: 'Email' }).fill(account.email)
  await page.getByLabel('Password', { exact: true }).fill(account.password.reveal())
  await page.getByRole('button', { name: 'Sign in' }).click()
  await title(page, 'Connect your first registry').waitFor(patience)
  await shot(page, 'first-run')
}

async function save(page: Page, password: string): Promise<void> {
  await page.getByLabel(/^Password/).fill(password)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByLabel('Latest tags of each repository').waitFor(patience)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Save Connection' }).click()
}

/** A wrong password first: the check names the step, the cause and the remedy, and nothing is saved. */
async function connect(page: Page): Promise<void> {
  await page.getByRole('link', { name: /OCI registry/ }).click()
  await page.getByLabel('Connection name').fill('Sample registry')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('textbox', { name: 'URL' }).fill(`http://${registry.host}`)
  await page.getByLabel('Username').fill(sampleCredentials.username)
  await page.getByRole('switch', { name: /Allow plain HTTP/ }).click()
  await shot(page, 'credentials')
  await save(page, 'wrong')
  await page.getByRole('alert').getByText('Failed to connect').waitFor(patience)
  await shot(page, 'connection-refused')
  await page.getByRole('button', { name: 'Edit credentials' }).click()
  await save(page, sampleCredentials.password)
  await title(page, 'Registry Connections').waitFor(patience)
}

async function waitForScans(page: Page): Promise<void> {
  const row = page.getByRole('row', { name: /Sample registry/ })
  await row.getByText('10 Completed').waitFor(patience)
  await row.getByText('Connected').waitFor(patience)
  expect(await row.innerText()).toContain('1 Failed')
  await shot(page, 'connections')
}

async function followToFindings(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Images', exact: true }).click()
  await title(page, 'Images').waitFor(patience)
  const row = page.getByRole('row', { name: /harbour\/storefront.*2\.3\.0/ })
  await row.waitFor(patience)
  expect(await page.getByRole('row', { name: /harbour\/wreck/ }).innerText()).toContain('Failed')
  await page.setViewportSize({ width: 1680, height: 620 })
  await shot(page, 'images')
  await row.getByRole('link', { name: /Completed/ }).click()
  await title(page, 'Findings').waitFor(patience)
  expect(new URL(page.url()).searchParams.get('digest')).toMatch(/^sha256:[0-9a-f]{64}$/)
  await page.getByText('24 findings').waitFor(patience)
}

async function readFinding(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 })
  await page
    .getByRole('link', { name: 'CVE-2021-44906' })
    .or(page.getByRole('button', { name: 'CVE-2021-44906' }))
    .first()
    .click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('minimist: prototype pollution').first().waitFor(patience)
  const text = await drawer.innerText()
  expect(text).toContain('app/node_modules/minimist/package.json')
  expect(text).toContain('1.2.6, 0.2.4')
  expect(text).toContain('https://nvd.nist.gov/vuln/detail/CVE-2021-44906')
  await shot(page, 'finding')
}

test('from sign-in to a finding', { timeout: 600_000 }, async () => {
  const page = await browser.newPage()
  await signIn(page)
  await connect(page)
  await waitForScans(page)
  await followToFindings(page)
  await readFinding(page)
  await page.goto(server.address)
  await title(page, 'Overview').waitFor(patience)
  await shot(page, 'overview')
  await page.goto(`${server.address}/api/docs`)
  await page.locator('.opblock').first().waitFor(patience)
  await shot(page, 'api')
  expect(browser.complaints).toEqual([])
})
