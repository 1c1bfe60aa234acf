import { useSyncExternalStore } from 'react'

/** Whether the server answers: every request tells, and what is on the screen is only as old as the last one that it answered. */
let lostAt: number | null = null
const listeners = new Set<() => void>()

function set(time: number | null): void {
  lostAt = time
  for (const listener of listeners) listener()
}

/** The server gave an answer, whatever it says. */
export function answered(): void {
  if (lostAt !== null) set(null)
}

/** No answer came. */
export function missed(): void {
  if (lostAt === null) set(Date.now())
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Since when no answer comes, in milliseconds; null while they come. */
export function useLostAt(): number | null {
  return useSyncExternalStore(subscribe, () => lostAt)
}
