import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import {
  type BrowserOptions,
  builtWeb,
  type OpenBrowser,
  openBrowser,
} from '../../src/test-support/browser/index.ts'
import {
  ACCOUNT,
  type FakeApi,
  type FakeApiOptions,
  startFakeApi,
} from '../../src/test-support/fake-api/index.ts'

export const SCREENSHOTS = join(fileURLToPath(new URL('../..', import.meta.url)), '.cache', 'screenshots')

/** A browser on a busy machine is slow: the bound of a whole journey, in milliseconds. */
export const SLOW = 240_000

export interface Harness {
  browser(): OpenBrowser
  /** Starts a fake server of its own; it ends with the test file. */
  serve(options?: Omit<FakeApiOptions, 'webRoot'>): Promise<FakeApi>
  /** A new page that is signed in there, at this address of the site. */
  open(api: FakeApi, path: string): Promise<Page>
}

/** One browser for a test file. At its end: no page has complained, and no answer of the fake broke its schema. */
export function harness(options: BrowserOptions = {}): Harness {
  const state: { browser?: OpenBrowser; webRoot?: string } = {}
  const servers: FakeApi[] = []
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true })
    state.webRoot = await builtWeb()
    state.browser = await openBrowser(options)
  })
  afterAll(async () => {
    const complaints = state.browser?.complaints ?? []
    await state.browser?.close()
    for (const server of servers) await server.close()
    expect(complaints).toEqual([])
    expect(servers.flatMap((server) => server.mistakes)).toEqual([])
  })
  const browser = (): OpenBrowser => {
    if (state.browser === undefined) throw new Error('the browser is started before the first test')
    return state.browser
  }
  return {
    browser,
    serve: async (world = {}) => {
      const server = await startFakeApi({ ...world, webRoot: state.webRoot ?? '' })
      servers.push(server)
      return server
    },
    open: async (api, path) => {
      await browser().context.addCookies([{ name: 'portolan_session', value: 'fake', url: api.url }])
      const page = await browser().newPage()
      await page.goto(`${api.url}${path}`)
      return page
    },
  }
}

export async function signIn(page: Page, password: string = ACCOUNT.password): Promise<void> {
  await page.getByRole('textbox', { name: 'Email' }).fill(ACCOUNT.email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** The title of the page that is shown. */
export function title(page: Page, text: string | RegExp) {
  return page.getByRole('heading', { level: 1, name: text })
}
