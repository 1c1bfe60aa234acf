import type { AppError, ErrorKind } from './app-error.ts'

/** Why something failed, as it is stored and shown: cause, and what to do. */
export interface Reason {
  readonly code: string
  readonly kind: ErrorKind
  readonly message: string
  readonly remedy: string | null
}

export function reasonOf(error: AppError): Reason {
  return {
    code: error.code,
    kind: error.kind,
    message: error.publicMessage,
    remedy: error.remedy ?? null,
  }
}
