import { Command, CommanderError } from 'commander'
import { addDatabaseCommand } from './commands/database.ts'
import { addImageCommand } from './commands/image.ts'
import { addServerCommands } from './commands/server.ts'
import type { CommandContext } from './context.ts'
import { EXIT } from './failure.ts'
import { VERSION } from './version.ts'

/**
 * Runs one command.
 * @returns the exit code
 * @throws whatever the command could not do
 */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  let code = 0
  const done = (result: number): void => {
    code = result
  }
  const program = new Command('portolan')
    .description('Find the vulnerabilities of container images, in every registry.')
    .version(VERSION, '--version', 'show the version')
    .showHelpAfterError('(portolan --help shows what there is)')
    .exitOverride()
  addImageCommand(program, context, done)
  addDatabaseCommand(program, context, done)
  addServerCommands(program, done)
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    // Help and version are answers; commander has already said what is wrong with the rest.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage
    throw error
  }
  return code
}
