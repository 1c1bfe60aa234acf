import { createScanner, type ImageScan, type NameSource, type Scanner } from '../../app/engine.ts'
import { BUILT_IN_ENGINE, type Platform, safeText, systemClock } from '../../core/index.ts'
import { type ImageSource, MAX_CONFIG_SIZE, readBlob } from '../../images/index.ts'
import type { IndexProgress } from '../../indexing/index.ts'
import type { CommandContext } from '../context.ts'
import { ScanDatabase } from '../database.ts'
import { type ImageInput, openImage } from '../image-input.ts'
import { openJavaNamesOfScan } from '../java-names.ts'
import { megabytes, type Progress, startProgress } from '../progress.ts'
import { createRemote, type RemoteOptions } from '../remote.ts'
import { loadSettings, type Settings } from '../settings.ts'
import type { ImageDocuments, Laid } from './image-documents.ts'
import { type ReportOptions, writeReport } from './write-report.ts'

export interface ImageOptions extends RemoteOptions, ReportOptions, ImageDocuments {
  readonly platform: Platform
  readonly engine: string
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
    const choice = {
      settings,
      clock: systemClock,
      remote: remote.data,
      progress,
      signal,
      offline: options.offline,
      wanted: options.db,
    }
    const database = new ScanDatabase(choice)
    const java = openJavaNamesOfScan(choice, context)
    try {
      const input = await openImage(name, remote.images, context)
      try {
        return await report(name, options, {
          context,
          progress,
          settings,
          database,
          names: java.names,
          input,
        })
      } finally {
        await input.source.close?.()
      }
    } finally {
      java.close()
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
  readonly database: ScanDatabase
  readonly names: NameSource
  readonly input: ImageInput
}

async function report(name: string, options: ImageOptions, opened: Opened): Promise<number> {
  const { context, progress, database, input } = opened
  const scanner = await scannerFor(options.engine, opened)
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
  const { digest, image } = scan
  const laid = await layOver(scan, input, options, context)
  const reported = { name, scan, ...laid, config, remote, image: { digest, image }, sbom: null }
  return writeReport(reported, database.opened, options, context)
}

/** Other engines are loaded only when one is asked for. */
async function scannerFor(engine: string, opened: Opened): Promise<Scanner> {
  const { database, settings, names } = opened
  if (engine === BUILT_IN_ENGINE)
    return createScanner({ layerDir: settings.layerDir, database: await database.open(), names })
  const { openEngine } = await import('./engine.ts')
  return openEngine(engine, () => database.open(), opened.context)
}

/** Documents over what was found, where the user named some; else nothing of theirs is loaded. */
async function layOver(
  scan: ImageScan,
  input: ImageInput,
  options: ImageOptions,
  context: CommandContext,
): Promise<Laid> {
  const { vex, compareSbom } = options
  if (vex.length + compareSbom.length === 0) return { groups: scan.groups, suppressed: [], comparisons: [] }
  const { layDocuments } = await import('./image-documents.ts')
  return layDocuments(scan, input, { vex, compareSbom }, context)
}

/** The config as the image has it: Trivy's report repeats it whole. */
async function readConfig(source: ImageSource, scan: ImageScan, signal: AbortSignal): Promise<unknown> {
  const bytes = await readBlob(source, scan.image.manifest.config, MAX_CONFIG_SIZE, signal)
  return JSON.parse(Buffer.from(bytes).toString('utf8'))
}

export function describeProgress(name: string, done: IndexProgress): string {
  const layers = `${done.layersDone} of ${done.layersTotal} layers`
  return `Reading ${safeText(name, 60)}: ${layers}, ${megabytes(done.bytesDone)} of ${megabytes(done.bytesTotal)}`
}
