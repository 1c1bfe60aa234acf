import { type Command, Option } from 'commander'
import { BUILT_IN_ENGINE, DEFAULT_PLATFORM } from '../../core/index.ts'
import type { CommandContext } from '../context.ts'
import { ENGINES, type Format, FORMATS, SBOM_FORMATS, type SbomFormat } from '../formats/names.ts'
import type { ImageOptions } from '../run/image.ts'
import { listOption, platformOption } from './options.ts'
import { withReportOptions } from './report-options.ts'
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
    .addOption(
      new Option('--format <format>', 'how the result is written; cyclonedx and spdx-json: an SBOM')
        .choices([...FORMATS, ...SBOM_FORMATS])
        .default('table'),
    )
    .option('--platform <os/arch>', 'which image of several platforms', platformOption, DEFAULT_PLATFORM)
    .addOption(
      new Option('--engine <engine>', 'what scans: the built-in engine, or Trivy where it is installed')
        .choices(ENGINES)
        .default(BUILT_IN_ENGINE),
    )
    .option('--db <file or reference>', 'vulnerability database to use in place of the current one')
    .option('--offline', 'fetch no vulnerability data', false)
    .option('--no-cache', 'read all layers anew')
    .option(
      '--compare-sbom <file>',
      'compare an SBOM with what is found; oci: those attached to the image',
      listOption,
      [],
    )
  withReportOptions(command, 'a VEX document to honour; oci: those attached to the image')
  withRemoteOptions(command).action(async (image: string, options: Chosen) => {
    const { format } = options
    refuseIdle(command, format)
    if (isSbomFormat(format)) {
      const { runImageSbom } = await import('../run/image-sbom.ts')
      return done(await runImageSbom(image, format, options, context))
    }
    const { runImage } = await import('../run/image.ts')
    done(await runImage(image, { ...options, format }, context))
  })
  describeDefaults(command)
}

/** What a format has no place for; a gate that is never tried must not look like one that is open. */
function refuseIdle(command: Command, format: Format | SbomFormat): void {
  const idle = isSbomFormat(format)
    ? withoutFindings
    : format === 'table' || format === 'json'
      ? []
      : ['compareSbom']
  const given = command.options
    .filter((option) => idle.includes(option.attributeName()))
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map(({ long }) => long)
  if (given.length === 0) return
  command.error(
    `error: with --format ${format}, nothing comes of ${given.join(', ')}: leave it out, or choose another format`,
  )
}

/** An SBOM says what is in an image, not what is wrong with it; it is always the built-in engine's. */
const withoutFindings = [
  'severity',
  'ignoreUnfixed',
  'exitCode',
  'vex',
  'showSuppressed',
  'compareSbom',
  'engine',
  'db',
]

interface Chosen extends Omit<ImageOptions, 'format'> {
  readonly format: Format | SbomFormat
}

function isSbomFormat(format: Format | SbomFormat): format is SbomFormat {
  return (SBOM_FORMATS as readonly string[]).includes(format)
}

/** Objects do not print well as defaults. */
function describeDefaults(command: Command): void {
  for (const option of command.options) {
    if (option.long === '--platform') option.default(option.defaultValue, 'linux/amd64')
    if (option.long === '--compare-sbom') option.default(option.defaultValue, 'none')
  }
}
