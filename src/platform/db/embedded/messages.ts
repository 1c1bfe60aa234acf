import type { Queued } from './lane-queue.ts'

export interface WorkerStart {
  /** Folder of the PostgreSQL files. */
  readonly folder: string
  /** A transaction whose owner asks for nothing this long is rolled back. */
  readonly idleTransactionMs: number
}

/** One or more statements in wire protocol. `keep` lets the session hold on to a transaction that stays open. */
export interface WorkerRequest extends Queued {
  readonly id: number
  readonly keep: boolean
  readonly bytes: Uint8Array<ArrayBuffer>
}

export type ToWorker = WorkerRequest | { readonly id: 'close' }

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The transaction of this session was rolled back because it waited too long. */
  | { readonly kind: 'expired'; readonly id: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'closed'; readonly syncs: number }
