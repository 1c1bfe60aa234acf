import { useSyncExternalStore } from 'react'

/** One clock for all relative times of a page: they move together, every half minute. */
const TICK_MS = 30_000
const subscribers = new Set<() => void>()
let current = new Date().getTime()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(changed: () => void): () => void {
  subscribers.add(changed)
  timer ??= setInterval(() => {
    current = new Date().getTime()
    for (const subscriber of subscribers) subscriber()
  }, TICK_MS)
  return () => {
    subscribers.delete(changed)
    if (subscribers.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

function read(): number {
  if (timer === undefined) current = new Date().getTime()
  return current
}

/** The time now in milliseconds, to the half minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read)
}
