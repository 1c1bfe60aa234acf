import type { AnswerMemory, RememberedAnswer } from '../registries/index.ts'

/** Of one connection; a page of a listing takes some 20 kB. */
const BYTES_EACH = 4 << 20
const BYTES_IN_ALL = 64 << 20

export interface AnswerMemories {
  /** Lasts as long as the server and the connection's version: after an edit, nothing is known of what came before. */
  of(connectionId: string, version: number): AnswerMemory
  /** The connection is gone. */
  forget(connectionId: string): void
}

/** What connections remember of their registries' answers. The answer, then the connection, that was not used the longest goes first. */
export function createAnswerMemories({ each = BYTES_EACH, inAll = BYTES_IN_ALL } = {}): AnswerMemories {
  const connections = new Map<string, Answers>()

  function makeRoom(): void {
    let total = [...connections.values()].reduce((sum, { size }) => sum + size, 0)
    for (const [id, answers] of connections) {
      if (total <= inAll) return
      total -= answers.size
      connections.delete(id)
    }
  }

  return {
    of(connectionId, version) {
      const known = connections.get(connectionId)
      const answers = known?.version === version ? known : new Answers(version, each, makeRoom)
      connections.delete(connectionId)
      connections.set(connectionId, answers)
      return answers
    },
    forget: (connectionId) => void connections.delete(connectionId),
  }
}

class Answers implements AnswerMemory {
  readonly version: number
  size = 0
  readonly #limit: number
  readonly #grown: () => void
  readonly #answers = new Map<string, RememberedAnswer>()

  constructor(version: number, limit: number, grown: () => void) {
    this.version = version
    this.#limit = limit
    this.#grown = grown
  }

  get(key: string): RememberedAnswer | undefined {
    const answer = this.#answers.get(key)
    if (answer === undefined) return undefined
    this.#answers.delete(key)
    this.#answers.set(key, answer)
    return answer
  }

  set(key: string, answer: RememberedAnswer): void {
    this.#drop(key)
    if (weightOf(answer) > this.#limit) return
    this.#answers.set(key, answer)
    this.size += weightOf(answer)
    for (const oldest of this.#answers.keys()) {
      if (this.size <= this.#limit) break
      this.#drop(oldest)
    }
    this.#grown()
  }

  #drop(key: string): void {
    const answer = this.#answers.get(key)
    if (answer === undefined) return
    this.#answers.delete(key)
    this.size -= weightOf(answer)
  }
}

/** Headers and the entry itself take something too. */
function weightOf({ body, link = '' }: RememberedAnswer): number {
  return body.length + link.length + 1_000
}
