import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { loadConfig } from '../../../src/app/config.ts'
import { type RunningServer, serve } from '../../../src/app/serve.ts'
import { sampleRows } from '../../../src/demo/advisories.ts'
import { builtWeb, type OpenBrowser, openBrowser } from '../../../src/test-support/browser/index.ts'
import { type RegistryServer, startRegistryServer } from '../../../src/test-support/registry-server/index.ts'
import { buildVulnerabilityDatabase } from '../../../src/test-support/vulnerability-database/index.ts'
import { SCREENSHOTS, title } from '../harness.ts'

/** For one thing to come, on a busy machine: milliseconds. */
const PATIENCE = 60_000

export interface Stage {
  /** Of the server, with the port. */
  address(): string
  /** The one page, signed in. */
  page(): Page
}

/** A real server and a real browser for a test file, with nothing connected yet. */
export function stage(): Stage {
  const parts: {
    folder?: string
    database?: RegistryServer
    server?: RunningServer
    browser?: OpenBrowser
    page?: Page
  } = {}
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true })
    const webRoot = await builtWeb()
    parts.folder = await mkdtemp(join(tmpdir(), 'portolan-errors-'))
    parts.database = await startRegistryServer({})
    parts.database.put({
      repository: 'database',
      tags: ['2'],
      ...buildVulnerabilityDatabase(sampleRows).artifact,
    })
    const config = await loadConfig({
      PORTOLAN_DATA_DIR: parts.folder,
      PORTOLAN_PORT: '0',
      PORTOLAN_DB_REPOSITORY: `${parts.database.host}/database:2`,
      PORTOLAN_ALLOW_PRIVATE_NETWORKS: '127.0.0.1',
      PORTOLAN_ALLOW_INSECURE_REGISTRIES: '127.0.0.1',
      PORTOLAN_ALLOW_CONNECTION_PROXIES: '127.0.0.1',
      PORTOLAN_EGRESS_ADDRESSES: '203.0.113.7',
      PORTOLAN_LOG_LEVEL: 'silent',
    })
    parts.server = await serve({ config: { ...config, webRoot }, print: () => {} })
    parts.browser = await openBrowser()
    parts.browser.context.setDefaultTimeout(PATIENCE)
    parts.page = await parts.browser.newPage()
    await signIn(parts.page, parts.server)
  }, 240_000)
  afterAll(async () => {
    const complaints = parts.browser?.complaints ?? []
    await parts.browser?.close()
    await parts.server?.close()
    await parts.database?.close()
    if (parts.folder !== undefined) await rm(parts.folder, { recursive: true, force: true })
    expect(complaints).toEqual([])
  })
  return { address: () => known(parts.server).address, page: () => known(parts.page) }
}

function known<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the stage is set before the first test')
  return part
}

async function signIn(page: Page, { address, firstUser }: RunningServer): Promise<void> {
  if (firstUser === null) throw new Error('the first start makes a user')
  await page.goto(address)
  await page.getByRole('textbox', { name: 'Email' }).fill(firstUser.email)
  await page.getByLabel('Password', { exact: true }).fill(firstUser.password.reveal())
  await page.getByRole('button', { name: 'Sign in' }).click()
  await title(page, 'Connect your first registry').waitFor()
}
