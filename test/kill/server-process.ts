import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from '../../src/demo/client.ts'
import { embeddedDataFolder } from '../../src/test-support/databases/index.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export const ADMIN_TOKEN = 'bootstrap-token-of-the-kill-test'

export interface ServerProcess {
  /** `http://127.0.0.1:PORT` */
  readonly address: string
  readonly client: Client
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>
  /** SIGTERM, and gives the exit code. */
  stop(): Promise<number | null>
}

/** Runs `portolan serve` as a process of its own, on a new data folder where there is none; resolves when it has said where it is. */
export async function startServerProcess(
  env: Readonly<Record<string, string>> & { readonly PORTOLAN_DATA_DIR: string },
): Promise<ServerProcess> {
  if (!existsSync(env.PORTOLAN_DATA_DIR)) await embeddedDataFolder(env.PORTOLAN_DATA_DIR)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'serve'], {
    env: {
      ...process.env,
      PORTOLAN_PORT: '0',
      PORTOLAN_ADMIN_TOKEN: ADMIN_TOKEN,
      PORTOLAN_ALLOW_PRIVATE_NETWORKS: '127.0.0.1',
      PORTOLAN_ALLOW_INSECURE_REGISTRIES: '127.0.0.1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const address = await addressOf(child)
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const exit = once(child, 'exit')
    child.kill(signal)
    const [code] = (await exit) as [number | null]
    return code
  }
  return {
    address,
    client: createClient(address, ADMIN_TOKEN),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null || child.stderr === null) throw new Error('no output')
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4000)
  })
  for await (const line of createInterface(child.stdout)) {
    const found = /^Portolan is at (\S+)/.exec(line)
    if (found?.[1] !== undefined) {
      child.stdout.resume()
      return found[1]
    }
  }
  throw new Error(`the server ended before it was up: ${complaint}`)
}

/** Looks ten times a second, for two minutes. @param find undefined: not yet */
export async function until<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
  for (let turn = 0; turn < 1200; turn += 1) {
    const found = await find()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`gave up waiting for ${what}`)
}
