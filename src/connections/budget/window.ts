import type { RequestLimit } from '../../registries/index.ts'

/** What was sent of one bucket, as all servers see it. */
export interface BucketState {
  /** By the limit's seconds: how many requests were drawn in which slice of time. */
  readonly used: Readonly<Record<string, readonly (readonly [slice: number, count: number])[]>>
  /** What the platform last said is left, while that is less than what its documentation allows. */
  readonly told: Told | null
}

export interface Told {
  readonly remaining: number
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** Requests that one server may send. */
export interface Lot {
  readonly granted: number
  /** Milliseconds for which they may be sent; later they are lost. */
  readonly goodFor: number
  /** Earliest time at which more can be had, when nothing was granted. */
  readonly nextAt: number
  /** How many could still be drawn after this. */
  readonly left: number
}

export const UNUSED: BucketState = { used: {}, told: null }

/** A limit's time in slices; finer ones come closer to the limit and take more room. */
const SLICES = 60
/** Of them, how long a lot is good for. */
const GOOD_SLICES = 2
/** A lot of an hour's or a day's limit is not kept longer, so that all servers soon heed what one was told. Milliseconds. */
const LONGEST_LOT = 10_000
/**
 * Requests drawn in one slice leave it up to `GOOD_SLICES` later, and the slice in which somebody asks has only begun: so many
 * slices together hold no more than the limit, and then no span of the limit's time sees more.
 */
const KEPT_SLICES = SLICES + GOOD_SLICES + 1

type Limit = Pick<RequestLimit, 'requests' | 'seconds'>

interface Window {
  readonly key: string
  readonly now: number
  readonly kept: readonly (readonly [slice: number, count: number])[]
  readonly free: number
  /** When the first of what is used counts no more. */
  readonly opensAt: number
}

const sliceLength = ({ seconds }: Limit): number => (seconds * 1000) / SLICES

function windowOf(state: BucketState, limit: Limit, at: number): Window {
  const key = String(limit.seconds)
  const length = sliceLength(limit)
  const used = state.used[key] ?? []
  // A server whose clock is behind counts where the others are.
  const now = Math.max(Math.floor(at / length), used.at(-1)?.[0] ?? 0)
  const kept = used.filter(([slice]) => slice > now - KEPT_SLICES)
  const spent = kept.reduce((sum, [, count]) => sum + count, 0)
  const oldest = kept[0]?.[0]
  return {
    key,
    now,
    kept,
    free: Math.max(0, Math.floor(limit.requests) - spent),
    opensAt: oldest === undefined ? at : (oldest + KEPT_SLICES) * length,
  }
}

function counted({ kept, now }: Window, granted: number): Window['kept'] {
  const last = kept.at(-1)
  return last?.[0] === now ? [...kept.slice(0, -1), [now, last[1] + granted]] : [...kept, [now, granted]]
}

/**
 * Takes up to `wanted` requests. However many servers draw, no span of a limit's time sees more than the limit: what is counted is
 * when a request was drawn, and a lot is good for a short time only.
 *
 * @param limits all of them hold; none: only what the platform says does
 * @param now milliseconds since the epoch
 */
export function draw(
  state: BucketState,
  limits: readonly Limit[],
  wanted: number,
  now: number,
): Lot & { readonly state: BucketState } {
  const windows = limits.map((limit) => windowOf(state, limit, now))
  const told = state.told !== null && state.told.until > now ? state.told : null
  const free = Math.min(...windows.map((window) => window.free), told?.remaining ?? Infinity)
  const granted = Math.min(wanted, free)
  const closed = windows.filter((window) => window.free === 0).map(({ opensAt }) => opensAt)
  if (told?.remaining === 0) closed.push(told.until)
  return {
    granted,
    goodFor: Math.min(LONGEST_LOT, ...limits.map((limit) => GOOD_SLICES * sliceLength(limit))),
    nextAt: Math.max(now, ...closed),
    left: free - granted,
    state: {
      used: Object.fromEntries(
        windows.map((window) => [window.key, granted === 0 ? window.kept : counted(window, granted)]),
      ),
      told: told === null ? null : { ...told, remaining: told.remaining - granted },
    },
  }
}

/** The platform says that less is left than we think, or for longer: that holds for everybody until it starts anew. It never says more. */
export function lower(state: BucketState, told: Told, now: number): BucketState {
  if (told.until <= now) return state
  const known = state.told
  if (known !== null && known.until > now && !isStricter(told, known)) return state
  return { ...state, told: { remaining: Math.max(0, told.remaining), until: told.until } }
}

function isStricter(told: Told, known: Told): boolean {
  return told.remaining < known.remaining || (told.remaining === known.remaining && told.until > known.until)
}
