/** How one package's matches changed the counts of every set that holds it: so many more, or fewer, of a severity. */
export interface CountDelta {
  readonly subject: number
  /** Rank. */
  readonly severity: number
  readonly n: number
  readonly fixable: number
}

/** What counts of a match. */
export interface Counted {
  readonly subject_id: number
  readonly severity: number
  readonly fixed_version: string
}

/** Adds up what a change of matches does to the counts. */
export class CountDeltas {
  readonly #sums = new Map<string, { subject: number; severity: number; n: number; fixable: number }>()

  opened(match: Counted): void {
    this.#add(match, 1)
  }

  closed(match: Counted): void {
    this.#add(match, -1)
  }

  #add({ subject_id: subject, severity, fixed_version: fixed }: Counted, sign: 1 | -1): void {
    const key = `${subject}/${severity}`
    const sum = this.#sums.get(key) ?? { subject, severity, n: 0, fixable: 0 }
    sum.n += sign
    sum.fixable += fixed === '' ? 0 : sign
    this.#sums.set(key, sum)
  }

  /** Without what came to nothing. */
  list(): CountDelta[] {
    return [...this.#sums.values()].filter(({ n, fixable }) => n !== 0 || fixable !== 0)
  }
}
