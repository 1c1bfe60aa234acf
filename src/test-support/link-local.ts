import net from 'node:net'

/**
 * Answers for an address that only a cloud's own machines have, as 169.254.169.254, by a server on loopback: programs that know
 * such addresses by heart cannot be told another.
 *
 * @param host of the server: `127.0.0.1:PORT`
 */
export function answerFor(address: string, host: string): { close(): void } {
  const { connect } = net.Socket.prototype
  const port = Number(host.split(':')[1])
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
    const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0]
    const wanted = first as { host?: string; port?: number | string } | null
    if (typeof wanted !== 'object' || wanted?.host !== address) return Reflect.apply(connect, this, args)
    const { host: before, port: portBefore } = wanted
    Object.assign(wanted, { host: '127.0.0.1', port })
    try {
      return Reflect.apply(connect, this, args)
    } finally {
      // Agents find their sockets by what they asked for.
      Object.assign(wanted, { host: before, port: portBefore })
    }
  } as typeof connect
  return {
    close() {
      net.Socket.prototype.connect = connect
    },
  }
}
