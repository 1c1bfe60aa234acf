import { type AppError, safeText, toAppError } from '../core/index.ts'
import type { Style } from './terminal.ts'

/** Exit codes that mean something other than "done" (docs/cli.md). */
export const EXIT = { failed: 1, usage: 2, interrupted: 130 } as const

const longest = 2000

/** An error in three lines: cause, remedy, code. */
export function describeFailure(error: AppError, style: Style): string {
  const lines = [`${style.bold('Error:')} ${safeText(error.publicMessage, longest)}`]
  if (error.remedy !== undefined) lines.push(`What to do: ${safeText(error.remedy, longest)}`)
  return `${[...lines, style.dim(`Code: ${error.code}`)].join('\n')}\n`
}

/** What a bug looked like, for a report; expected errors need no stack. */
export function traceOf(error: unknown): string | undefined {
  const failure = toAppError(error)
  if (failure.kind !== 'bug') return undefined
  const cause = failure.cause ?? error
  return cause instanceof Error ? cause.stack : String(cause)
}
