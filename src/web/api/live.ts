import type { LiveEvent } from '../../contract/index.ts'

/**
 * "Something changed, look again": server-sent events, and while they do not arrive a poll every few seconds. Listeners
 * hear at most one call per topic and half second, none while the page is hidden.
 */
export type Topic = LiveEvent['type']
type Listener = (topic: Topic) => void

const TOPICS: readonly Topic[] = [
  'connection.changed',
  'images.changed',
  'findings.changed',
  'database.changed',
]
const GATHER_MS = 500
const POLL_MS = 5_000
const RECONNECT_MS = 10_000

const listeners = new Set<Listener>()
const waiting = new Set<Topic>()
let gathering: ReturnType<typeof setTimeout> | undefined

function flush(): void {
  gathering = undefined
  if (document.hidden) return
  const topics = [...waiting]
  waiting.clear()
  for (const topic of topics) for (const listener of listeners) listener(topic)
}

function announce(topics: readonly Topic[]): void {
  for (const topic of topics) waiting.add(topic)
  gathering ??= setTimeout(flush, GATHER_MS)
}

/** Looks at everything again that is on the screen. */
export function lookAgain(): void {
  announce(TOPICS)
}

/** @returns a function that ends the listening */
export function listen(listener: Listener): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** Opens the stream. @returns a function that closes it */
export function connect(): () => void {
  let source: EventSource | undefined
  let wasOpen = false
  let reconnect: ReturnType<typeof setTimeout> | undefined
  const open = (): void => {
    source?.close()
    source = new EventSource('/api/v1/events')
    for (const topic of TOPICS) source.addEventListener(topic, () => announce([topic]))
    // What changed while the stream was broken was not told.
    source.addEventListener('open', () => {
      if (wasOpen) announce(TOPICS)
      wasOpen = true
    })
    source.addEventListener('error', () => {
      // Whether only the stream broke or the server is gone, the next request finds out.
      lookAgain()
      if (source?.readyState === EventSource.CLOSED) {
        clearTimeout(reconnect)
        reconnect = setTimeout(open, RECONNECT_MS)
      }
    })
  }
  const poll = setInterval(() => {
    if (source?.readyState !== EventSource.OPEN && !document.hidden) announce(TOPICS)
  }, POLL_MS)
  const shown = (): void => {
    if (!document.hidden && waiting.size > 0) announce([])
  }
  document.addEventListener('visibilitychange', shown)
  open()
  return () => {
    source?.close()
    clearTimeout(reconnect)
    clearInterval(poll)
    document.removeEventListener('visibilitychange', shown)
  }
}
