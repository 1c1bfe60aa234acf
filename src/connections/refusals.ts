import { AppError, isAppError, type Reason, reasonOf } from '../core/index.ts'

/** What is known in this process of one version of a connection's credentials. */
interface Standing {
  readonly version: number
  /** The registry took them: no question goes first any more. */
  taken: boolean
  /** The question that goes first; never rejects. */
  first: Promise<void> | undefined
  refusal: AppError | undefined
  /** The refusal is being written down; never rejects. */
  kept: Promise<void> | undefined
}

/** Asks the registry, unless its credentials were refused. @throws what the question throws, or the refusal */
export type Ask = <T>(question: () => Promise<T>) => Promise<T>

/** A connection, as its row says. */
export interface Refusable {
  readonly id: string
  /** An edit makes the credentials others. */
  readonly version: number
  readonly access: string
}

/** Writes a refusal down, for other processes and later ones. */
export type KeepRefusal = (connection: Refusable, reason: Reason) => Promise<void>

/**
 * After one refusal of a connection's credentials nobody offers them again, whichever worker holds a connector: repeated failures
 * lock accounts and shut out addresses. Until they were taken once, one question goes first and the others wait for its outcome.
 */
export class Refusals {
  readonly #standings = new Map<string, Standing>()
  readonly #keep: KeepRefusal

  /** @param keep asked only of connections with credentials of their own: those of the machine are mended there, not in a form */
  constructor(keep: KeepRefusal) {
    this.#keep = async (connection, reason) => {
      if (connection.access === 'Private') await keep(connection, reason)
    }
  }

  /** A check failed, for whatever reason. */
  async note(connection: Refusable, reason: Reason): Promise<void> {
    if (isRefusal(reason)) await this.#keep(connection, reason)
  }

  /** For work that begins, after the stored refusal was looked at: there is none. */
  open(connection: Refusable): Ask {
    const { id, version } = connection
    const known = this.#standings.get(id)
    // A refusal that is known here and no longer stored was ended by a check that passed.
    const isCurrent = known !== undefined && known.version === version && known.refusal === undefined
    const standing: Standing = isCurrent
      ? known
      : { version, taken: false, first: undefined, refusal: undefined, kept: undefined }
    this.#standings.set(id, standing)
    return (question) => ask(standing, (refusal) => this.#keep(connection, reasonOf(refusal)), question)
  }

  /** Until a refusal that was found here is stored. */
  async settled(connectionId: string): Promise<void> {
    await this.#standings.get(connectionId)?.kept
  }

  forget(connectionId: string): void {
    this.#standings.delete(connectionId)
  }
}

type KeepThis = (refusal: AppError) => Promise<void>

async function ask<T>(standing: Standing, keep: KeepThis, question: () => Promise<T>): Promise<T> {
  while (!standing.taken && standing.refusal === undefined && standing.first !== undefined)
    await standing.first
  if (standing.refusal !== undefined) throw standing.refusal
  const answer = judged(standing, keep, question)
  if (!standing.taken) {
    const over = (): void => {
      standing.first = undefined
    }
    standing.first = answer.then(over, over)
  }
  return answer
}

async function judged<T>(standing: Standing, keep: KeepThis, question: () => Promise<T>): Promise<T> {
  try {
    const answer = await question()
    standing.taken = true
    return answer
  } catch (error) {
    if (!isAppError(error)) throw error
    if (isRefusal(error)) {
      standing.refusal ??= error
      standing.kept ??= keep(error).catch(() => undefined)
      await standing.kept
    } else if (SIGNED_IN.has(error.kind)) standing.taken = true
    throw error
  }
}

/** Kinds of errors of a registry that has looked at the credentials and gone on. */
const SIGNED_IN: ReadonlySet<AppError['kind']> = new Set(['denied', 'not-found'])

function isRefusal({ code }: Pick<Reason, 'code'>): boolean {
  return code === 'credentials-refused'
}

/** What work is told while a refusal stands. */
export function refusedBefore({ code, kind, message, remedy }: Reason): AppError {
  return new AppError({
    code,
    kind,
    publicMessage: message,
    remedy: `${remedy ?? 'Enter them again.'} ${UNTIL_THEN}`,
  })
}

const UNTIL_THEN =
  'Nothing more is sent with these credentials, so that no account is locked, until you edit the connection or check it.'
