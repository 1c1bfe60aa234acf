import { type AppError, safeText, toAppError } from '../core/index.ts'
import type { CommandContext } from './context.ts'
import type { Style } from './terminal.ts'

/** Exit codes that mean something other than "done" (docs/cli.md). */
export const EXIT = { failed: 1, usage: 2, interrupted: 130 } as const

const longest = 2000

/** Tells on standard error what went wrong. @returns the exit code */
export function reportFailure(error: unknown, context: CommandContext): number {
  if (context.signal.aborted) return EXIT.interrupted
  const failure = toAppError(error)
  context.stderr.write(describe(failure, context.errorStyle))
  if (failure.kind === 'bug') context.stderr.write(`${traceOf(failure.cause ?? error)}\n`)
  return EXIT.failed
}

/** Where the remedy of a page (a form, an operator's setting) leads nowhere on a command line. */
const remediesHere = new Map([
  [
    'not-tls',
    'Check the port. If the registry speaks plain HTTP and you trust the way to it, say so with --insecure.',
  ],
  [
    'certificate-untrusted',
    'Set NODE_EXTRA_CA_CERTS to the path of a PEM file with the certificate of the authority (CA) that signed it; or accept any certificate with --insecure.',
  ],
  [
    'sign-in-required',
    "Sign in with docker login; or, at the image's own registry, with --username NAME --password-stdin.",
  ],
])

/** Three lines: cause, remedy, code. */
function describe(error: AppError, style: Style): string {
  const lines = [`${style.bold('Error:')} ${safeText(error.publicMessage, longest)}`]
  const remedy = remediesHere.get(error.code) ?? error.remedy
  if (remedy !== undefined) lines.push(`What to do: ${safeText(remedy, longest)}`)
  return `${[...lines, style.dim(`Code: ${error.code}`)].join('\n')}\n`
}

/** What a bug looked like, for a report; expected errors need no stack. */
function traceOf(cause: unknown): string {
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
  return text
    .split('\n')
    .map((line) => safeText(line, longest))
    .join('\n')
}
