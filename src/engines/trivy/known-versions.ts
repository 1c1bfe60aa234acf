import type { Clock } from '../../core/index.ts'
import type { EngineFacts } from '../index.ts'

/** A program's word on its version holds for so long; milliseconds. */
const HOLDS = 60_000

/** Remembers what programs said of themselves for a while: a start of Trivy takes seconds, as long as a scan of most images. */
export class KnownVersions {
  readonly #clock: Clock
  readonly #known = new Map<string, { readonly at: number; readonly version: string }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async of(program: string, ask: () => Promise<EngineFacts>): Promise<string> {
    const known = this.#known.get(program)
    if (known !== undefined && this.#clock.now() - known.at < HOLDS) return known.version
    const { version } = await ask()
    this.#known.set(program, { at: this.#clock.now(), version })
    return version
  }
}
