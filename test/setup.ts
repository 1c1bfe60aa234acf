/**
 * Poisons the network: a test that reaches for anything but this machine fails at once, with the address in the message.
 * Runs before every test file (vitest.config.ts).
 */
import dns from 'node:dns'
import net from 'node:net'

const allowedHosts = new Set(['localhost', '127.0.0.1', '::1', '0.0.0.0'])

function refuse(host: string): Error {
  return Object.assign(new Error(`test reached for the network: ${host}`), { code: 'ENOTFOUND' })
}

function poisonSockets(): void {
  const connect = net.Socket.prototype.connect
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
    const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0]
    const options =
      typeof first === 'object' && first !== null ? (first as { host?: string; path?: string }) : undefined
    const host = options?.host ?? (typeof args[1] === 'string' ? args[1] : undefined)
    if (
      options?.path === undefined &&
      host !== undefined &&
      !allowedHosts.has(host) &&
      !host.startsWith('127.')
    ) {
      process.nextTick(() => this.destroy(refuse(host)))
      return this
    }
    return Reflect.apply(connect, this, args) as net.Socket
  } as typeof connect
}

function poisonNames(): void {
  const lookup = dns.lookup
  const poisoned = (host: string, ...rest: unknown[]): unknown => {
    if (allowedHosts.has(host) || host.startsWith('127.') || host.endsWith('.localhost')) {
      return Reflect.apply(lookup, dns, [host, ...rest])
    }
    const callback = rest.at(-1)
    if (typeof callback === 'function') process.nextTick(callback as () => void, refuse(host))
    return undefined
  }
  dns.lookup = Object.assign(poisoned, { __promisify__: lookup.__promisify__ }) as typeof dns.lookup
}

/** Several files may share a process: it is poisoned once. */
const mark = Symbol.for('portolan.test.network')
if (!Object.hasOwn(globalThis, mark)) {
  Object.defineProperty(globalThis, mark, { value: true })
  poisonSockets()
  poisonNames()
}
