import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** Debian's docker-registry on loopback; disposing stops it. */
export interface BenchRegistry extends AsyncDisposable {
  readonly host: string
  /** How often each blob was fetched since the last call, by its digest. */
  pulls(): Map<string, number>
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** @param folder where it keeps its blobs, its configuration and the log of what it was asked for */
export async function startRegistry(folder: string): Promise<BenchRegistry> {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const config = join(folder, 'registry.yml')
  const log = join(folder, 'access.log')
  writeFileSync(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${join(folder, 'registry')}}}\nhttp: {addr: 127.0.0.1:${port}}\n`,
  )
  const child = spawn('docker-registry', ['serve', config], {
    stdio: ['ignore', openSync(log, 'w'), 'ignore'],
  })
  await answers(port)
  let seen = 0
  return {
    host: `127.0.0.1:${port}`,
    pulls: () => {
      const lines = readFileSync(log, 'utf8').split('\n')
      const counts = new Map<string, number>()
      for (const line of lines.slice(seen)) {
        const digest = /"GET \S+\/blobs\/(sha256:[0-9a-f]{64})\S* HTTP\/1\.1" 200/.exec(line)?.[1]
        if (digest !== undefined) counts.set(digest, (counts.get(digest) ?? 0) + 1)
      }
      seen = lines.length - 1
      return counts
    },
    [Symbol.asyncDispose]: () => stop(child),
  }
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const up = await fetch(`http://127.0.0.1:${port}/v2/`).then(
      (response) => response.ok,
      () => false,
    )
    if (up) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('docker-registry did not start')
}

async function stop(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill()
  await exit
}
