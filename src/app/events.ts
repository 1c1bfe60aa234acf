import type { LiveEvents } from '../api/index.ts'
import type { LiveEvent } from '../contract/index.ts'

/** What changed, told to whoever listens in this process. Nothing is kept: a listener that comes later looks anew. */
export interface EventBus extends LiveEvents {
  /** @param orgId null: of interest to every organisation */
  publish(orgId: string | null, event: LiveEvent): void
}

/** Same events of one organisation within this time are told once, at its end. Milliseconds. */
const GATHER = 200

export function createEventBus(gatherMs: number = GATHER): EventBus {
  const listeners = new Set<{ orgId: string; listener: (event: LiveEvent) => void }>()
  const waiting = new Map<string, NodeJS.Timeout>()
  const tell = (orgId: string | null, event: LiveEvent): void => {
    for (const one of listeners) if (orgId === null || one.orgId === orgId) one.listener(event)
  }
  return {
    publish(orgId, event) {
      const key = JSON.stringify([orgId, event])
      if (waiting.has(key)) return
      const timer = setTimeout(() => {
        waiting.delete(key)
        tell(orgId, event)
      }, gatherMs)
      waiting.set(key, timer.unref())
    },
    subscribe(orgId, listener) {
      const one = { orgId, listener }
      listeners.add(one)
      return () => void listeners.delete(one)
    },
  }
}
