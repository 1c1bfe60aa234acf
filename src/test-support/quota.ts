/** What platforms allow, as their fakes enforce it: every request over a published limit is refused in the platform's own form. */
import { type Clock, systemClock } from '../core/index.ts'
import type { InterceptedAnswer, InterceptedRequest } from './intercepted.ts'

export interface QuotaOptions {
  /** Default: the system's. */
  readonly clock?: Clock
  /** Numbers of requests times this, so that small tests meet a limit; times stay. Default 1. */
  readonly scale?: number
}

/** How a limit stands after a request, for headers and refusals. */
export interface QuotaState {
  readonly limit: number
  readonly remaining: number
  /** When there is more, milliseconds since the epoch. */
  readonly resetAt: number
  readonly now: number
}

/** One published limit. */
export interface QuotaRule {
  counts(request: InterceptedRequest): boolean
  readonly requests: number
  readonly seconds: number
  /**
   * `fixed`: starts anew with each span of its time; `sliding`: no span of its time sees more; `bucket`: fills up steadily, `requests`
   * in `seconds`, and holds `burst` (default: `requests`).
   */
  readonly window: 'fixed' | 'sliding' | 'bucket'
  readonly burst?: number
  /** Most of them side by side. */
  readonly atOnce?: number
  /** Of the answer: it uses nothing up. */
  readonly freeStatus?: number
  /** Sent with every answer. */
  headers?(state: QuotaState): Readonly<Record<string, string>>
  refusal(state: QuotaState): InterceptedAnswer
}

export interface Admission {
  /** In place of the platform's answer. */
  readonly refusal: InterceptedAnswer | undefined
  readonly headers: Readonly<Record<string, string>>
  /** The answer was sent. */
  done(status: number): void
}

/** How a platform says it. @param body text as it is, all else as JSON */
export function quotaRefusal(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): InterceptedAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status, body: text, headers: { 'content-type': 'application/json', ...headers } }
}

/** How much of a limit is used. */
interface Meter {
  /** How many are left, and when there are more. */
  look(now: number): { readonly remaining: number; readonly resetAt: number }
  use(now: number): void
  giveBack(): void
}

interface Counted {
  readonly rule: QuotaRule
  readonly limit: number
  readonly meter: Meter
  underWay: number
}

/** A platform's limits, and what became of the requests that count. */
export class Quota {
  counted = 0
  refused = 0
  readonly #clock: Clock
  readonly #limits: readonly Counted[]

  constructor(rules: readonly QuotaRule[], { clock = systemClock, scale = 1 }: QuotaOptions = {}) {
    this.#clock = clock
    this.#limits = rules.map((rule) => {
      const scaled = (requests: number): number => Math.max(1, Math.floor(requests * scale))
      const limit = scaled(rule.requests)
      return { rule, limit, meter: meterOf(rule, limit, scaled(rule.burst ?? rule.requests)), underWay: 0 }
    })
  }

  /** Lets a request pass, or says how the platform refuses it; what is refused uses nothing up. */
  admit(request: InterceptedRequest): Admission {
    const now = this.#clock.now()
    const all = this.#limits.filter(({ rule }) => rule.counts(request))
    if (all.length > 0) this.counted += 1
    const over = all.find(
      ({ rule, meter, underWay }) => meter.look(now).remaining < 1 || underWay >= (rule.atOnce ?? Infinity),
    )
    if (over !== undefined) this.refused += 1
    else for (const { meter } of all) meter.use(now)
    for (const each of all) each.underWay += 1
    const state = ({ limit, meter }: Counted): QuotaState => ({ limit, now, ...meter.look(now) })
    return {
      refusal: over?.rule.refusal(state(over)),
      headers: Object.assign({}, ...all.map((each) => each.rule.headers?.(state(each)))),
      done: (status) => {
        for (const each of all) {
          each.underWay -= 1
          if (over === undefined && status === each.rule.freeStatus) each.meter.giveBack()
        }
      },
    }
  }
}

function meterOf({ window, seconds }: QuotaRule, limit: number, burst: number): Meter {
  const span = seconds * 1000
  if (window === 'fixed') return fixedWindow(limit, span)
  return window === 'sliding' ? slidingWindow(limit, span) : bucket(limit / span, burst)
}

function fixedWindow(limit: number, span: number): Meter {
  let current = 0
  let used = 0
  return {
    look(now) {
      const window = Math.floor(now / span)
      if (window !== current) used = 0
      current = window
      return { remaining: limit - used, resetAt: (window + 1) * span }
    },
    use: () => void (used += 1),
    giveBack: () => void (used -= 1),
  }
}

function slidingWindow(limit: number, span: number): Meter {
  const used: number[] = []
  return {
    look(now) {
      while ((used[0] ?? Infinity) <= now - span) used.shift()
      return { remaining: limit - used.length, resetAt: (used[0] ?? now) + span }
    },
    use: (now) => void used.push(now),
    giveBack: () => void used.pop(),
  }
}

function bucket(perMillisecond: number, burst: number): Meter {
  let level = burst
  let at = 0
  return {
    look(now) {
      level = Math.min(burst, level + (now - at) * perMillisecond)
      at = now
      return { remaining: Math.floor(level + 1e-9), resetAt: now + Math.max(0, 1 - level) / perMillisecond }
    },
    use: () => void (level -= 1),
    giveBack: () => void (level += 1),
  }
}
