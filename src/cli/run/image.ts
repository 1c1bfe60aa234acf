import { type AdvisoryDatabase, describeAge } from '../../advisories/index.ts'
import { createScanner, type ImageScan } from '../../app/engine.ts'
import { type Platform, safeText, type Severity, systemClock } from '../../core/index.ts'
import { type ImageSource, readBlob } from '../../images/index.ts'
import type { IndexProgress } from '../../indexing/index.ts'
import type { CommandContext } from '../context.ts'
import { chooseDatabase } from '../database.ts'
import { type Format, formatReport } from '../formats/index.ts'
import { countFindings, filterFindings } from '../formats/report.ts'
import { type ImageInput, openImage } from '../image-input.ts'
import { megabytes, type Progress, startProgress } from '../progress.ts'
import { createRemote, type RemoteOptions } from '../remote.ts'
import { loadSettings, type Settings } from '../settings.ts'
import { VERSION } from '../version.ts'

export interface ImageOptions extends RemoteOptions {
  readonly format: Format
  readonly severity: ReadonlySet<Severity>
  readonly ignoreUnfixed: boolean
  readonly exitCode: number
  readonly platform: Platform
  readonly db?: string
  readonly offline: boolean
  readonly cache: boolean
}

/** @returns the exit code */
export async function runImage(
  name: string,
  options: ImageOptions,
  context: CommandContext,
): Promise<number> {
  const { signal } = context
  const settings = await loadSettings(context.env)
  const remote = await createRemote(options, context)
  const progress = await startProgress(context.stderr)
  try {
    const database = await chooseDatabase({
      settings,
      clock: systemClock,
      remote: remote.data,
      progress,
      signal,
      offline: options.offline,
      wanted: options.db,
    })
    try {
      const input = await openImage(name, remote.images, signal)
      try {
        return await report(name, options, { context, progress, settings, database, input })
      } finally {
        await input.source.close?.()
      }
    } finally {
      database.close()
    }
  } finally {
    progress.clear()
  }
}

interface Opened {
  readonly context: CommandContext
  readonly progress: Progress
  readonly settings: Settings
  readonly database: AdvisoryDatabase
  readonly input: ImageInput
}

async function report(name: string, options: ImageOptions, opened: Opened): Promise<number> {
  const { context, progress, database, input } = opened
  const scanner = await createScanner({ layerDir: opened.settings.layerDir, database })
  const { source, reference, remote } = input
  const scan = await scanner.scan({
    source,
    reference,
    platform: options.platform,
    fresh: !options.cache,
    signal: context.signal,
    onProgress: (done) => progress.show(describeProgress(name, done)),
  })
  const config = options.format === 'trivy' ? await readConfig(source, scan, context.signal) : undefined
  progress.clear()
  if (scanner.note !== undefined) context.note(scanner.note)
  const age = describeAge(database.updatedAt, systemClock)
  if (age.stale) context.note(`Vulnerability data ${age.message}.`)
  const { severity: severities, ignoreUnfixed, format, exitCode } = options
  const groups = filterFindings(scan.groups, { severities, ignoreUnfixed })
  const written = formatReport(
    format,
    {
      name,
      scan,
      groups,
      config,
      remote,
      databaseAge: age.message,
      databaseDigest: () => database.digest,
      version: VERSION,
    },
    context.style,
  )
  await context.write(written)
  return countFindings(groups) > 0 ? exitCode : 0
}

const largestConfig = 16 * 1024 ** 2

/** The config as the image has it: Trivy's report repeats it whole. */
async function readConfig(source: ImageSource, scan: ImageScan, signal: AbortSignal): Promise<unknown> {
  const bytes = await readBlob(source, scan.image.manifest.config, largestConfig, signal)
  return JSON.parse(Buffer.from(bytes).toString('utf8'))
}

function describeProgress(name: string, done: IndexProgress): string {
  const layers = `${done.layersDone} of ${done.layersTotal} layers`
  return `Reading ${safeText(name, 60)}: ${layers}, ${megabytes(done.bytesDone)} of ${megabytes(done.bytesTotal)}`
}
