import { AppError, isUuid } from '../core/index.ts'

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
