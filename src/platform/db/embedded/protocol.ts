import { type DatabaseError, serialize } from 'pg-protocol'
import type {
  BackendMessage,
  CommandCompleteMessage,
  NotificationResponseMessage,
  ReadyForQueryMessage,
  RowDescriptionMessage,
} from 'pg-protocol/dist/messages.js'
import { Parser } from 'pg-protocol/dist/parser.js'
import type { Row, StatementResult } from '../engine.ts'
import { valueReader, writeValue } from '../value-types.ts'

/**
 * PostgreSQL's wire protocol (manual, 53) between the two threads: a statement goes over as one message with one answer,
 * read by the same parser and value readers as a real server's, so that both databases give the same values and errors.
 */

/** Copies into memory of its own, which can be handed to another thread. */
function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** One statement with its parameters, as Parse, Bind, Describe, Execute and Sync in one go. */
export function encodeStatement(sql: string, parameters: readonly unknown[]): Uint8Array<ArrayBuffer> {
  return encodePrepared('', sql, parameters)
}

/** A statement that the server keeps under this name. @param sql undefined: it is kept already */
export function encodePrepared(
  name: string,
  sql: string | undefined,
  parameters: readonly unknown[],
): Uint8Array<ArrayBuffer> {
  return join([
    ...(sql === undefined ? [] : [serialize.parse({ name, text: sql })]),
    serialize.bind({ statement: name, values: parameters.map(writeValue) }),
    serialize.describe({ type: 'P' }),
    serialize.execute(),
    serialize.sync(),
  ])
}

/** Lets the server forget a statement; one that it does not have is no error. A part of a request: no Sync follows. */
export function encodeClose(name: string): Uint8Array {
  return serialize.close({ type: 'S', name })
}

/** Several statements without parameters. */
export function encodeScript(sql: string): Uint8Array<ArrayBuffer> {
  return join([serialize.query(sql)])
}

export { join as joinBytes }

const READY_FOR_QUERY = 0x5a
const IDLE = 0x49

/** Whether an answer leaves a transaction open; it ends with ReadyForQuery, five bytes and the status. */
export function leavesTransaction(answer: Uint8Array): boolean {
  return answer.at(-6) === READY_FOR_QUERY && answer.at(-1) !== IDLE
}

export interface Answer {
  readonly results: StatementResult[]
  readonly error: DatabaseError | undefined
  /** A transaction is open, failed or not. */
  readonly inTransaction: boolean
  readonly notifications: readonly { readonly channel: string; readonly payload: string }[]
}

/** Collects one answer; a new result begins with each row description or command without rows. */
class AnswerReader {
  readonly results: StatementResult[] = []
  readonly notifications: { channel: string; payload: string }[] = []
  error: DatabaseError | undefined
  inTransaction = false
  #columns: { name: string; read: (text: string) => unknown }[] = []
  #rows: Row[] = []

  read(message: BackendMessage): void {
    switch (message.name) {
      case 'rowDescription':
        this.#columns = (message as RowDescriptionMessage).fields.map(({ name, dataTypeID }) => ({
          name,
          read: valueReader(dataTypeID),
        }))
        break
      case 'dataRow':
        this.#rows.push(this.#row((message as unknown as { fields: (string | null)[] }).fields))
        break
      case 'commandComplete':
        this.#complete((message as CommandCompleteMessage).text)
        break
      case 'error':
        this.error ??= message as unknown as DatabaseError
        break
      case 'notification':
        this.notifications.push(message as NotificationResponseMessage)
        break
      case 'readyForQuery':
        this.inTransaction = (message as ReadyForQueryMessage).status !== 'I'
        break
      default:
    }
  }

  #row(values: readonly (string | null)[]): Row {
    const row: Row = {}
    for (const [index, { name, read }] of this.#columns.entries()) {
      const value = values[index]
      row[name] = value === null || value === undefined ? null : read(value)
    }
    return row
  }

  /** Command tags: `SELECT 3`, `INSERT 0 3`, `BEGIN` (manual, 53.7, CommandComplete). */
  #complete(tag: string): void {
    const words = tag.split(' ')
    const count = words.length > 1 ? Number(words.at(-1)) : Number.NaN
    this.results.push({
      rows: this.#rows,
      command: words[0] ?? '',
      affected: Number.isNaN(count) ? null : count,
    })
    this.#rows = []
    this.#columns = []
  }
}

export function decodeAnswer(bytes: Uint8Array): Answer {
  const reader = new AnswerReader()
  const parser = new Parser()
  parser.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), (message) =>
    reader.read(message),
  )
  const { results, error, inTransaction, notifications } = reader
  return { results, error, inTransaction, notifications }
}
