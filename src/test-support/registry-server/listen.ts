import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface TlsIdentity {
  readonly key: string
  readonly cert: string
}

export interface Listening {
  readonly url: string
  /** `127.0.0.1:PORT` */
  readonly host: string
  close(): Promise<void>
}

/** Serves on a free port of the loopback address, unless told which. */
export async function listen(
  handler: RequestListener,
  options: { readonly tls?: TlsIdentity; readonly port?: number } = {},
): Promise<Listening> {
  const { tls } = options
  const server = tls ? createTlsServer({ ...tls }, handler) : createServer(handler)
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(options.port ?? 0, '127.0.0.1', done)
  })
  const { port } = server.address() as AddressInfo
  const host = `127.0.0.1:${port}`
  return {
    host,
    url: `${tls ? 'https' : 'http'}://${host}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

const largestBody = 1 << 30

/** Never ends when the client has gone: there is nobody to answer. */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of request) {
      size += (part as Uint8Array).length
      if (size > largestBody) throw new Error('request body too large')
      parts.push(part as Uint8Array)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
    await new Promise(() => {})
  }
  return Buffer.concat(parts)
}
