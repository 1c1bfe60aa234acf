import { AppError } from '../core/index.ts'

/** @param detail what is wrong, as the end of a sentence; never text from the file */
export function corrupt(detail: string, cause?: unknown, name = 'vulnerability database'): AppError {
  return new AppError({
    code: 'database-corrupt',
    kind: 'invalid',
    publicMessage: `The ${name} is damaged: ${detail}.`,
    remedy: 'Fetch it anew with "portolan db update --force", or import an undamaged file.',
    cause,
  })
}
