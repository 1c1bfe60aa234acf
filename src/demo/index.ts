/**
 * `npm run demo`: Portolan on embedded parts with a sample registry: connects, discovers, scans, and shows the findings.
 * Knows the samples and the API; everything that it does, a person could do in the browser.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../app/config.ts'
import { type RunningServer, serve } from '../app/serve.ts'
import { createClient } from './client.ts'
import { connectAndScan } from './journey.ts'
import { type SampleRegistry, startSampleRegistry, sampleCredentials } from './sample-registry.ts'
import { differences, summary } from './summary.ts'
import { buildWebBundle } from './web-bundle.ts'

export interface DemoOptions {
  /** End after the summary; the exit code tells whether it is what is expected. */
  readonly exit: boolean
  /** Default 7070, any free port with `exit`. */
  readonly port?: number
  readonly print?: (line: string) => void
}

async function startServer(
  folder: string,
  registry: SampleRegistry,
  token: string,
  options: DemoOptions,
): Promise<RunningServer> {
  const config = await loadConfig({
    PORTOLAN_DATA_DIR: folder,
    PORTOLAN_PORT: String(options.port ?? (options.exit ? 0 : 7070)),
    PORTOLAN_DB_REPOSITORY: registry.database,
    PORTOLAN_ALLOW_PRIVATE_NETWORKS: '127.0.0.1',
    PORTOLAN_ALLOW_INSECURE_REGISTRIES: '127.0.0.1',
    PORTOLAN_ADMIN_TOKEN: token,
    PORTOLAN_LOG_LEVEL: 'error',
  })
  return await serve({ config, print: () => {}, signals: true })
}

function welcome(server: RunningServer, registry: SampleRegistry): string[] {
  const { firstUser } = server
  return [
    '',
    `Open      ${server.address}`,
    ...(firstUser === null
      ? []
      : [`e-mail    ${firstUser.email}`, `password  ${firstUser.password.reveal()}`]),
    '',
    `The sample registry is http://${registry.host}, username ${sampleCredentials.username}, password ${sampleCredentials.password}.`,
    'Stop with Ctrl+C; what the demo has kept is removed.',
  ]
}

/** @returns the exit code: 0 when everything is as expected */
export async function demo(options: DemoOptions): Promise<number> {
  const print = options.print ?? ((line) => void process.stdout.write(`${line}\n`))
  print('Building the web pages')
  buildWebBundle()
  const folder = await mkdtemp(join(tmpdir(), 'portolan-demo-'))
  const registry = await startSampleRegistry(Date.now())
  const token = randomBytes(24).toString('base64url')
  try {
    print('Starting the server with an embedded database')
    const server = await startServer(folder, registry, token, options)
    const images = await connectAndScan(createClient(server.address, token), registry, print)
    for (const line of summary(images)) print(line)
    const wrong = differences(images)
    for (const line of wrong) print(`DIFFERS   ${line}`)
    if (options.exit) await server.close()
    else for (const line of welcome(server, registry)) print(line)
    await server.stopped
    return wrong.length === 0 ? 0 : 1
  } finally {
    await registry.server.close()
    await rm(folder, { recursive: true, force: true })
  }
}
