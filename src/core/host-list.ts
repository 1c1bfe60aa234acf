/** Hosts that an operator has named for one purpose. */
export interface HostList {
  /** The environment variable that holds it: what a refusal names. */
  readonly setting: string
  readonly entries: readonly string[]
  /** @param host `host` or `host:port`, as a URL has it */
  has(host: string): boolean
}

const pattern = /^(?:\*|(?:\*\.)?(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?)$/

/** Whether a text may stand in a list: `host`, `host:port`, `*.example.com`, or `*` for all. */
export function isHostEntry(text: string): boolean {
  return pattern.test(text.toLowerCase())
}

function names(entry: string, host: string): boolean {
  if (entry === '*' || entry === host) return true
  const bare = host.replace(/:\d+$/, '')
  if (!entry.startsWith('*.')) return entry === bare
  return [host, bare].some((name) => name.endsWith(entry.slice(1)))
}

/** @param entries an entry without a port stands for all ports of its host */
export function hostList(setting: string, entries: readonly string[]): HostList {
  const wanted = entries.map((entry) => entry.toLowerCase())
  return { setting, entries: wanted, has: (host) => wanted.some((entry) => names(entry, host.toLowerCase())) }
}
