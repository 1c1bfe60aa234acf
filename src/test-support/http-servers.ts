import type { RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { HttpResponse } from '../platform/http/index.ts'
import type { Cleanup } from './registry-client.ts'
import { listen, type Listening } from './registry-server/listen.ts'

/** A web server on loopback until the end of the test. */
export async function serve(cleanup: Cleanup, handler: RequestListener): Promise<Listening> {
  return cleanup.keep(await listen(handler))
}

/** A server that speaks whatever `onConnection` writes; gives `127.0.0.1:PORT`. */
export async function serveRaw(cleanup: Cleanup, onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    onConnection(socket)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  cleanup.keep({
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((done) => server.close(done))
    },
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

export async function textOf(response: HttpResponse): Promise<string> {
  return Buffer.from(await response.bytes(1 << 20)).toString()
}
