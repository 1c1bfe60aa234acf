import type { Command } from 'commander'
import { SEVERITIES } from '../../core/index.ts'
import { exitCodeOption, listOption, severitiesOption } from './options.ts'

/** The options of commands that report vulnerabilities. */
export function withReportOptions(command: Command, vex: string): Command {
  command
    .option('--severity <list>', 'show only these severities, separated by commas', severitiesOption)
    .option('--ignore-unfixed', 'show only what a newer version fixes', false)
    .option('--exit-code <number>', 'exit code when anything is shown', exitCodeOption, 0)
    .option('--vex <file>', vex, listOption, [])
    .option('--show-suppressed', 'list what VEX statements take off the list, with the statements', false)
  // Sets and lists do not print well as defaults.
  command.setOptionValueWithSource('severity', new Set(SEVERITIES), 'default')
  for (const option of command.options) {
    if (option.long === '--severity') option.default(new Set(SEVERITIES), 'all')
    if (option.long === '--vex') option.default([], 'none')
  }
  return command
}
