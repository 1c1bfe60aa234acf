import { type Command, Option } from 'commander'
import type { CommandContext } from '../context.ts'
import { FORMATS } from '../formats/names.ts'
import type { SbomOptions } from '../run/sbom.ts'
import { withReportOptions } from './report-options.ts'

/** `portolan sbom FILE`: what is known to be wrong with what an SBOM names. */
export function addSbomCommand(
  program: Command,
  context: CommandContext,
  done: (code: number) => void,
): void {
  const command = program
    .command('sbom')
    .description('scan an SBOM: CycloneDX as JSON, SPDX 2 as JSON or tag-value, as it is or attested')
    .argument('<file>', 'a file, or - for standard input')
    .addOption(new Option('--format <format>', 'how the result is written').choices(FORMATS).default('table'))
    .option('--db <file or reference>', 'vulnerability database to use in place of the current one')
    .option('--offline', 'fetch no vulnerability data', false)
    .option('--insecure', 'allow plain HTTP and certificates that nobody vouches for', false)
  withReportOptions(command, 'a VEX document to honour').action(
    async (file: string, options: SbomOptions) => {
      const { runSbom } = await import('../run/sbom.ts')
      done(await runSbom(file, options, context))
    },
  )
}
