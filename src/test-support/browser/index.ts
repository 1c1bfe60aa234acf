/** A real browser and the built pages, for tests. Knows nothing of the pages themselves. */
export { type BrowserOptions, type OpenBrowser, openBrowser } from './browser.ts'
export { builtWeb } from './built-web.ts'
