import { chmod, mkdir } from 'node:fs/promises'
import { AppError, type Clock, isAppError, systemClock } from '../core/index.ts'
import { type Config, loadConfig } from './config.ts'
import { type Container, openContainer } from './container.ts'

export interface ServeOptions {
  /** Default: the PORTOLAN_* variables. */
  readonly config?: Config
  /** Lines for the person who starts the server. Default: standard output. */
  readonly print?: (line: string) => void
  /** Stop on SIGTERM and SIGINT, as a command does; a second one ends the process at once. Default false. */
  readonly signals?: boolean
  readonly clock?: Clock
}

export interface RunningServer {
  /** `http://127.0.0.1:7070` */
  readonly address: string
  /** What this start has made, for whoever started it: shown once. */
  readonly firstUser: Container['firstUser']
  /** Finishes what is answered and hands back what is worked on; a second call waits for the first. */
  close(): Promise<void>
  /** Resolves when the server has stopped, by `close` or a signal; rejects when it had to stop by itself. */
  readonly stopped: Promise<void>
}

/**
 * Runs a Portolan server: data folder, database, rooms, background work, HTTP.
 *
 * @throws AppError `config-invalid`, `data-folder-locked` (another process uses the folder), `port-in-use`, the database's
 */
export async function serve(options: ServeOptions = {}): Promise<RunningServer> {
  const config = options.config ?? (await loadConfig())
  const print = options.print ?? ((line) => void process.stdout.write(`${line}\n`))
  await makeDataFolder(config.dataDir)
  const container = await openContainer(config, options.clock ?? systemClock)
  try {
    await container.api.listen({ host: config.host, port: config.port })
    await container.start()
  } catch (error) {
    await container.close()
    throw listenError(error, config)
  }
  const address = addressOf(container, config)
  welcome(container, config, address).forEach(print)
  return running(container, address, options.signals ?? false)
}

/** The folder holds keys and what was found: it is its owner's alone. */
async function makeDataFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await chmod(path, 0o700)
  } catch (error) {
    throw new AppError({
      code: 'data-folder-unusable',
      kind: 'invalid',
      publicMessage: `The data folder ${path} cannot be made or is not this user's.`,
      remedy: 'Set PORTOLAN_DATA_DIR to a folder of the user that runs the server.',
      cause: error,
    })
  }
}

function listenError(error: unknown, config: Config): unknown {
  const code = isAppError(error) ? undefined : (error as NodeJS.ErrnoException).code
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error
  return new AppError({
    code: 'port-in-use',
    kind: 'conflict',
    publicMessage: `Port ${config.port} cannot be listened on: ${code === 'EACCES' ? 'it is reserved' : 'another program has it'}.`,
    remedy: 'Set PORTOLAN_PORT to a free port above 1023.',
    cause: error,
  })
}

function addressOf(container: Container, config: Config): string {
  const bound = container.api.server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : config.port
  const host = config.host === '0.0.0.0' ? 'localhost' : config.host
  return `${config.tls === undefined ? 'http' : 'https'}://${host}:${port}`
}

function welcome({ firstUser }: Container, config: Config, address: string): string[] {
  const lines = [`Portolan is at ${config.baseUrl ?? address}`, `Its data is in ${config.dataDir}`]
  if (firstUser === null) return lines
  return [
    ...lines,
    '',
    'First start. Sign in with these, then change the password; it is not shown again:',
    `  e-mail    ${firstUser.email}`,
    `  password  ${firstUser.password.reveal()}`,
    '',
  ]
}

function running(container: Container, address: string, signals: boolean): RunningServer {
  let closing: Promise<void> | undefined
  const { promise: stopped, resolve, reject } = Promise.withResolvers<void>()
  // Whoever wants to know of a failure awaits `stopped`; nobody has to.
  stopped.catch(() => {})
  const close = (): Promise<void> => {
    if (closing !== undefined) return closing
    const closed = container.close().finally(() => {
      for (const name of signalNames) process.off(name, onSignal)
    })
    closed.then(resolve, reject)
    closing = closed
    return closed
  }
  const onSignal = (): void => {
    if (closing !== undefined) process.exit(1)
    void close()
  }
  if (signals) for (const name of signalNames) process.on(name, onSignal)
  void container.failure.then(async (error) => {
    reject(error)
    await close().catch(() => {})
  })
  return { address, firstUser: container.firstUser, close, stopped }
}

const signalNames = ['SIGTERM', 'SIGINT'] as const
