import { Command, CommanderError } from 'commander'
import { addDatabaseCommand } from './commands/database.ts'
import { addImageCommand } from './commands/image.ts'
import { addSbomCommand } from './commands/sbom.ts'
import { addServerCommands } from './commands/server.ts'
import type { CommandContext } from './context.ts'
import { EXIT, reportFailure } from './failure.ts'
import { VERSION } from './version.ts'

/**
 * Runs one command; what it cannot do is told on standard error.
 * @returns the exit code
 */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  let code = 0
  /** Help and the version, on their way. */
  let told = Promise.resolve()
  const done = (result: number): void => {
    code = result
  }
  const program = new Command('portolan')
    .description('Find the vulnerabilities of container images, in every registry.')
    .version(VERSION, '--version', 'show the version')
    .showHelpAfterError('(portolan --help shows what there is)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        told = told.then(() => context.write(text))
      },
      writeErr: (text) => void context.stderr.write(text),
    })
  addImageCommand(program, context, done)
  addSbomCommand(program, context, done)
  addDatabaseCommand(program, context, done)
  addServerCommands(program, done)
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    // Help and version are answers; commander has already said what is wrong with the rest.
    if (!(error instanceof CommanderError)) return reportFailure(error, context)
    return told.then(
      () => (error.exitCode === 0 ? 0 : EXIT.usage),
      (failure: unknown) => reportFailure(failure, context),
    )
  }
  return code
}
