const MIB = 1024 * 1024

/** What reading one file and all archives nested in it may cost. Real ones stay far below; bombs of any make end here. */
export class Budget {
  /** Archives in archives in archives: real ones go three deep. */
  static readonly maxDepth = 12
  static readonly maxArchives = 20_000
  #bytes: number
  #entries = 2_000_000
  #failures = 100
  #archives = Budget.maxArchives

  /** @param size bytes of the outermost archive; what nests in it hardly packs any further */
  constructor(size: number) {
    this.#bytes = Math.min(16 * MIB + size * 20, 2_048 * MIB)
  }

  /** Bytes are about to be unpacked, or hashed. @throws Error when there are none left */
  spend(bytes: number): void {
    this.#bytes -= bytes
    if (this.#bytes < 0) throw new BudgetSpent('it unpacks to more than any real archive')
  }

  /** Something could not be unpacked: what that held is free only when the whole file has been read. @throws Error after too many */
  spendFailure(): void {
    this.#failures -= 1
    if (this.#failures < 0) throw new BudgetSpent('too many of its files are damaged')
  }

  get entriesLeft(): number {
    return this.#entries
  }

  spendEntries(count: number): void {
    this.#entries -= count
  }

  /** Another archive is about to be read. @throws Error when there were too many, or too deep */
  open(depth: number): void {
    this.#archives -= 1
    if (this.#archives < 0) throw new BudgetSpent('it holds more archives than any real one')
    if (depth > Budget.maxDepth) throw new Error('archives are nested too deep in it')
  }
}

/** Ends the reading of the whole file, not of one nested archive only. */
export class BudgetSpent extends Error {}
