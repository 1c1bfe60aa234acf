import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface OpenBrowser {
  readonly context: BrowserContext
  /** A new page; whatever it complains of (errors, refused content) is gathered in `complaints`. */
  newPage(): Promise<Page>
  readonly complaints: string[]
  close(): Promise<void>
}

export interface BrowserOptions {
  /** Scrollbars take room, as they do outside of tests. */
  readonly scrollbars?: boolean
}

/** Starts Chromium with a profile of its own, which goes when it is closed. */
export async function openBrowser({ scrollbars = false }: BrowserOptions = {}): Promise<OpenBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'portolan-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    args: ARGUMENTS,
    ...(scrollbars ? { ignoreDefaultArgs: ['--hide-scrollbars'] } : {}),
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    colorScheme: 'light',
    timezoneId: 'UTC',
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  context.setDefaultTimeout(15_000)
  const complaints: string[] = []
  return {
    context,
    complaints,
    newPage: async () => {
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
      page.on('console', (message) => {
        const isOurs = message.type() === 'error' || /Content Security Policy/i.test(message.text())
        // An answer that is no success is what a failing page is shown with: the browser logs it, too.
        if (isOurs && !message.text().startsWith('Failed to load resource')) {
          complaints.push(`${page.url()}: ${message.text()}`)
        }
      })
      return page
    },
    close: async () => {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}
