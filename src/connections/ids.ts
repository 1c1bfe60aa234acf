import { AppError } from '../core/index.ts'

export function isUuid(id: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
}

/** @throws AppError `cursor-invalid` (invalid) */
export function uuidCursor(after: [string, string] | undefined): readonly [string, string] | undefined {
  if (after === undefined || isUuid(after[1])) return after
  throw new AppError({
    code: 'cursor-invalid',
    kind: 'invalid',
    publicMessage: 'The cursor is not one that this list gave out.',
    remedy: 'Take `nextCursor` of the page before, or leave the cursor away to begin anew.',
  })
}
