import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiOptions, createApi } from '../../api/index.ts'
import { createEventBus } from '../../app/events.ts'
import { systemClock } from '../../core/index.ts'
import { fakeAccess } from './fake-access.ts'
import { fakeServices, type ServiceCall } from './fake-services.ts'

export interface LogLine {
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** The server with fakes behind it; `await using` closes it. */
export async function openTestApi(
  answers: Readonly<Record<string, unknown>> = {},
  options: Partial<ApiOptions> = {},
) {
  const webRoot = await mkdtemp(join(tmpdir(), 'portolan-web-'))
  const calls: ServiceCall[] = []
  const errors: LogLine[] = []
  const events = createEventBus(1)
  const access = options.access ?? fakeAccess()
  const log = {
    info: () => {},
    warn: () => {},
    error: (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void errors.push({ message, fields }),
  }
  const app = await createApi({
    services: fakeServices({ 'audit.append': 1, ...answers }, calls),
    access,
    events,
    log,
    clock: systemClock,
    version: '0.0.0-test',
    webRoot,
    docsRoot: join(import.meta.dirname, '..', '..', '..', 'docs'),
    behindProxy: false,
    ready: async () => {},
    ...options,
  })
  return {
    app,
    access,
    calls,
    errors,
    events,
    webRoot,
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await rm(webRoot, { recursive: true, force: true })
    },
  }
}
