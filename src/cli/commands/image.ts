import { type Command, Option } from 'commander'
import { DEFAULT_PLATFORM, SEVERITIES } from '../../core/index.ts'
import type { CommandContext } from '../context.ts'
import { FORMATS } from '../formats/names.ts'
import type { ImageOptions } from '../run/image.ts'
import { exitCodeOption, platformOption, severitiesOption } from './options.ts'
import { withRemoteOptions } from './remote-options.ts'

/** `portolan image REF`: what is known to be wrong with one image, without a server. */
export function addImageCommand(
  program: Command,
  context: CommandContext,
  done: (code: number) => void,
): void {
  const command = program
    .command('image')
    .description('scan one image: of a registry, of a local OCI layout, or of a docker save archive')
    .argument('<image>', 'REPOSITORY[:TAG][@DIGEST], or the path of a layout folder or archive')
    .addOption(new Option('--format <format>', 'how the result is written').choices(FORMATS).default('table'))
    .option(
      '--severity <list>',
      'show only these severities, separated by commas',
      severitiesOption,
      new Set(SEVERITIES),
    )
    .option('--ignore-unfixed', 'show only what a newer version fixes', false)
    .option('--exit-code <number>', 'exit code when anything is shown', exitCodeOption, 0)
    .option('--platform <os/arch>', 'which image of several platforms', platformOption, DEFAULT_PLATFORM)
    .option('--db <file or reference>', 'vulnerability database to use in place of the current one')
    .option('--offline', 'fetch no vulnerability data', false)
    .option('--no-cache', 'read all layers anew')
  withRemoteOptions(command).action(async (image: string, options: ImageOptions) => {
    const { runImage } = await import('../run/image.ts')
    done(await runImage(image, options, context))
  })
  describeDefaults(command)
}

/** Sets and objects do not print well as defaults. */
function describeDefaults(command: Command): void {
  for (const option of command.options) {
    if (option.long === '--severity') option.default(option.defaultValue, 'all')
    if (option.long === '--platform') option.default(option.defaultValue, 'linux/amd64')
  }
}
