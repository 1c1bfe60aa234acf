import type { EngineService } from '../api/index.ts'
import { AppError, BUILT_IN_ENGINE, type Clock, toAppError } from '../core/index.ts'
import type { EngineFacts, ImageEngine } from '../engines/index.ts'
import { engineUnknown } from './engine/engine-unknown.ts'
import { version } from './version.ts'

/** An engine's word on itself holds for so long; milliseconds. */
const HOLDS = 60_000

export interface EngineServiceOptions {
  readonly engines: ReadonlyMap<string, ImageEngine>
  readonly clock: Clock
  /** When the data was made that the built-in engine matches with, milliseconds; null: there is none. */
  readonly databaseUpdatedAt: () => number | null
}

interface KnownFacts {
  readonly at: number
  /** Of the data that was in use then: an engine may say what it knows of it. */
  readonly data: number | null
  readonly facts: Promise<EngineFacts>
}

/** Which engines can be chosen, and the check of one that was. */
export function createEngineService(options: EngineServiceOptions): EngineService & {
  /** @throws AppError `engine-unknown` (invalid), or with the engine's own code what keeps it from being used */
  check(id: string): Promise<void>
} {
  const { engines, clock } = options
  const known = new Map<string, KnownFacts>()
  const factsOf = (engine: ImageEngine): Promise<EngineFacts> => {
    const before = known.get(engine.id)
    const data = options.databaseUpdatedAt()
    if (before !== undefined && before.data === data && clock.now() - before.at < HOLDS) return before.facts
    const facts = engine.facts()
    known.set(engine.id, { at: clock.now(), data, facts })
    // What is missing now may be there in the next moment.
    facts.catch(() => known.delete(engine.id))
    return facts
  }
  return {
    async list() {
      const builtIn = {
        id: BUILT_IN_ENGINE,
        label: 'Built-in',
        builtIn: true,
        problem: null,
        version,
        databaseUpdatedAt: time(options.databaseUpdatedAt()),
      }
      return [builtIn, ...(await Promise.all([...engines.values()].map((each) => view(each, factsOf(each)))))]
    },
    async check(id) {
      if (id === BUILT_IN_ENGINE) return
      const engine = engines.get(id)
      if (engine === undefined) throw engineUnknown(id, engines)
      try {
        await factsOf(engine)
      } catch (error) {
        throw unfit(toAppError(error))
      }
    },
  }
}

async function view({ id, label }: ImageEngine, facts: Promise<EngineFacts>) {
  const none = { id, label, builtIn: false, version: null, databaseUpdatedAt: null }
  try {
    const { version: own, databaseUpdatedAt } = await facts
    return { ...none, problem: null, version: own, databaseUpdatedAt: time(databaseUpdatedAt) }
  } catch (error) {
    const { code, publicMessage, remedy = null } = toAppError(error)
    return { ...none, problem: { code, message: publicMessage, remedy } }
  }
}

function time(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString()
}

function unfit({ code, publicMessage, remedy, cause }: AppError): AppError {
  return new AppError({
    code,
    kind: 'invalid',
    publicMessage,
    fields: { engine: publicMessage },
    ...(remedy === undefined ? {} : { remedy }),
    cause,
  })
}
