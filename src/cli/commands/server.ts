import { flushCompileCache } from 'node:module'
import type { Command } from 'commander'

/** `portolan serve` and `portolan demo`: loaded only when they are asked for. */
export function addServerCommands(program: Command, done: (code: number) => void): void {
  program
    .command('serve')
    .description('run the server: registry connections, scans and web pages')
    .action(async () => {
      const { serve } = await import('../../app/serve.ts')
      const server = await serve({ signals: true })
      // It is written at the end otherwise, and some servers are killed.
      flushCompileCache()
      await server.stopped
      done(0)
    })
  program
    .command('demo')
    .description('run the server with a sample registry and sample images')
    .option(
      '--exit',
      'end after the summary, with an exit code that says whether all went as expected',
      false,
    )
    .action(async ({ exit }: { exit: boolean }) => {
      const { demo } = await import('../../demo/index.ts')
      done(await demo({ exit }))
    })
}
