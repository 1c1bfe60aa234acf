/**
 * The command line. Knows arguments, streams and exit codes; what commands do is done by the rooms that it calls, and only
 * those that a command needs are loaded: `image` and `db` never load a server part.
 */
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { toAppError } from '../core/index.ts'
import type { CommandContext } from './context.ts'
import { describeFailure, EXIT, traceOf } from './failure.ts'
import { styleOf } from './terminal.ts'

// Compiled modules are kept in a folder of this user's: about half of a short command's time (docs/performance.md).
enableCompileCache(join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'portolan', 'node'))

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupt.abort())
}
// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : EXIT.failed),
)

const errorStyle = styleOf(process.stderr, process.env)

const context: CommandContext = {
  env: process.env,
  stdin: process.stdin,
  stderr: process.stderr,
  style: styleOf(process.stdout, process.env),
  signal: interrupt.signal,
  write: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
  note: (text) => void process.stderr.write(`${errorStyle.dim('Note:')} ${text}\n`),
}

try {
  const { runProgram } = await import('./program.ts')
  process.exitCode = await runProgram(process.argv.slice(2), context)
} catch (error) {
  process.exitCode = report(error)
}

function report(error: unknown): number {
  if (interrupt.signal.aborted) return EXIT.interrupted
  process.stderr.write(describeFailure(toAppError(error), errorStyle))
  const trace = traceOf(error)
  if (trace !== undefined) process.stderr.write(`${trace}\n`)
  return EXIT.failed
}
