/**
 * The command line. Knows arguments, streams and exit codes; what commands do is done by the rooms that it calls, and only
 * those that a command needs are loaded: `image` and `db` never load a server part.
 */
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'

// Compiled modules are kept in a folder of this user's: about half of a short command's time.
enableCompileCache(join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'portolan', 'node'))

// What sockets bring lies in buffers outside the heap; V8 would collect the whole heap for every 25 MB of them, a fifth of a scan's
// processor time. Counted in the heap's own limit they cost some memory instead. Other versions may not know the flag.
if (process.versions.v8.startsWith('13.')) setFlagsFromString('--external-memory-accounted-in-global-limit')

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupt.abort())
}
// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Anything else is told by what was writing.
  if (error.code === 'EPIPE') process.exit(0)
})

const { createContext } = await import('./context.ts')
const { runProgram } = await import('./program.ts')
const { env, stdin, stdout, stderr } = process
// Else what may still come over it would keep the process waiting.
interrupt.signal.addEventListener('abort', () => stdin.destroy())
process.exitCode = await runProgram(
  process.argv.slice(2),
  createContext({ env, stdin, stdout, stderr, signal: interrupt.signal }),
)
