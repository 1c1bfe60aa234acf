export interface Sample {
  readonly phase: string
  readonly done: number
  /** Milliseconds on any steady clock. */
  readonly at: number
}

const WINDOW_MS = 15_000
const LEAST_MS = 1_000

/** The samples with one more: a quarter minute of them, all of one phase. The same list where nothing was done since. */
export function withSample(samples: readonly Sample[], now: Sample): readonly Sample[] {
  const last = samples.at(-1)
  if (last === undefined || last.phase !== now.phase || now.done < last.done) return [now]
  if (last.done === now.done) return samples
  return [...samples.filter(({ at }) => at >= now.at - WINDOW_MS), now]
}

/** How fast work goes: "12 per second", "40 per minute"; null until there is enough to say. */
export function rateOf(samples: readonly Sample[]): string | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) return null
  const perSecond = ((last.done - first.done) * 1000) / (last.at - first.at)
  return perSecond >= 1 ? `${Math.round(perSecond)} per second` : `${Math.ceil(perSecond * 60)} per minute`
}
