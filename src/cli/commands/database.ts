import { type Command, Option } from 'commander'
import type { CommandContext } from '../context.ts'
import type { UpdateOptions } from '../run/database.ts'
import { withRemoteOptions } from './remote-options.ts'

/** `portolan db update | import | status`. */
export function addDatabaseCommand(
  program: Command,
  context: CommandContext,
  done: (code: number) => void,
): void {
  const command = program
    .command('db')
    .description('the vulnerability database and the Java database: fetch, import, show')
  const update = command
    .command('update')
    .description('fetch the newest databases')
    .argument(
      '[reference]',
      'OCI reference of one of them (default: PORTOLAN_DB_REPOSITORY and PORTOLAN_JAVA_DB_REPOSITORY, else the public ones)',
    )
    .option('--force', 'fetch them even if they are there already', false)
  withRemoteOptions(update).action(async (reference: string | undefined, options: UpdateOptions) => {
    const { runUpdate } = await import('../run/database.ts')
    await runUpdate(reference, options, context)
    done(0)
  })
  command
    .command('import')
    .description('take a database from a file, whichever it is')
    .argument(
      '<file>',
      "a layer of Trivy's database (.tar.gz), or a folder with trivy.db or trivy-java.db, and metadata.json",
    )
    .action(async (file: string) => {
      const { runImport } = await import('../run/database.ts')
      await runImport(file, context)
      done(0)
    })
  command
    .command('status')
    .description('show which databases are in use, and how old they are')
    .addOption(new Option('--format <format>', 'how it is written').choices(['text', 'json']).default('text'))
    .action(async ({ format }: { format: 'text' | 'json' }) => {
      const { runStatus } = await import('../run/database.ts')
      await runStatus(format, context)
      done(0)
    })
}
