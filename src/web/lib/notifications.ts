/** What a connection's address for push notifications is made of. */
export interface HookKeys {
  readonly address: string
  readonly secret: string
}

/** The server leaves its origin out where it was not told its own: it is where this page came from. */
export function absoluteAddress(address: string, origin: string): string {
  return address.startsWith('/') ? `${origin}${address}` : address
}

/** A step or sample with the connection's own address and secret in it. */
export function filledIn(text: string, { address, secret }: HookKeys): string {
  return text.replaceAll('{address}', () => address).replaceAll('{secret}', () => secret)
}
