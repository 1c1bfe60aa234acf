import { encodeClose, encodePrepared, encodeStatement, joinBytes } from './protocol.ts'

/** How often a text comes before the server keeps it. */
const OFTEN = 3
/** Statements that the server keeps, each with its plan in memory. */
const MOST_KEPT = 200
/** Texts whose uses are counted. */
const MOST_KNOWN = 2_000

/** What is worth planning; begin, commit and the like are not. */
const planned = /^\s*(?:with|select|insert|update|delete)\b/i

type Outcome = 'done' | 'failed' | 'unread'

interface Known {
  uses: number
  /** `asked`: with the first use that names it; `ended`: as soon as nobody is under way with it. */
  state: 'counted' | 'asked' | 'kept' | 'ended'
  name: string
  /** Requests under way that name it. */
  underWay: number
}

/** A statement on its way to the server. */
export interface EncodedStatement {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** To be told how it ended; `unread`: the server never saw it. */
  readonly ended: (outcome: Outcome) => void
}

/**
 * Lets the server keep what it is often asked, parsed and, where one plan does for all parameters, planned (manual, PREPARE): to do
 * both anew takes longer than most statements run. Requests of several lanes overtake each other: so a statement is used by its
 * name only once it is known to be kept, and given up only while nobody is under way with it.
 */
export class Statements {
  /** The least recently used first. */
  readonly #known = new Map<string, Known>()
  #closing: string[] = []
  #named = 0
  #names = 0

  encode(sql: string, parameters: readonly unknown[]): EncodedStatement {
    const known = planned.test(sql) ? this.#used(sql) : undefined
    const named = known !== undefined && this.#mayName(known) ? known : undefined
    const closing = this.#closing.splice(0)
    if (named !== undefined) named.underWay += 1
    return {
      bytes: behind(closing, encode(named, sql, parameters)),
      ended: (outcome) => {
        if (outcome === 'unread') this.#closing.push(...closing)
        if (named !== undefined) this.#ended(named, outcome)
      },
    }
  }

  #used(sql: string): Known {
    const known = this.#known.get(sql) ?? { uses: 0, state: 'counted', name: '', underWay: 0 }
    known.uses += 1
    this.#known.delete(sql)
    this.#known.set(sql, known)
    if (this.#known.size > MOST_KNOWN) this.#forget('counted')
    return known
  }

  #mayName(known: Known): boolean {
    if (known.state !== 'counted') return known.state === 'kept'
    if (known.uses < OFTEN || (this.#named >= MOST_KEPT && !this.#forget('kept'))) return false
    this.#names += 1
    this.#named += 1
    known.name = `s${this.#names}`
    known.state = 'asked'
    return true
  }

  /** One that fails is given up: the reason may lie in what is kept, such as a table that has changed. */
  #ended(known: Known, outcome: Outcome): void {
    known.underWay -= 1
    if (outcome === 'failed' || (outcome === 'unread' && known.state === 'asked')) known.state = 'ended'
    else if (outcome === 'done' && known.state === 'asked') known.state = 'kept'
    if (known.state === 'ended' && known.underWay === 0) this.#giveUp(known)
  }

  #giveUp(known: Known): void {
    this.#closing.push(known.name)
    this.#named -= 1
    known.state = 'counted'
    known.uses = 0
  }

  /** The least recently used in this state that nobody is under way with. @returns whether there was one */
  #forget(state: 'counted' | 'kept'): boolean {
    for (const [sql, known] of this.#known) {
      if (known.state !== state || known.underWay > 0) continue
      if (state === 'kept') this.#giveUp(known)
      this.#known.delete(sql)
      return true
    }
    return false
  }
}

function encode(
  named: Known | undefined,
  sql: string,
  parameters: readonly unknown[],
): Uint8Array<ArrayBuffer> {
  if (named === undefined) return encodeStatement(sql, parameters)
  return encodePrepared(named.name, named.state === 'kept' ? undefined : sql, parameters)
}

function behind(closing: readonly string[], bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return closing.length === 0 ? bytes : joinBytes([...closing.map(encodeClose), bytes])
}
