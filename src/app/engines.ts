import { join } from 'node:path'
import { type AdvisoryDatabase, currentDigest, databaseFolder } from '../advisories/index.ts'
import type { Clock } from '../core/index.ts'
import type { DescribePackage, ForeignPackage, ImageEngine } from '../engines/index.ts'
import { createTrivyEngine, type TrivyDatabase } from '../engines/trivy/index.ts'
import type { IndexingPlugin, PackageFact } from '../indexing/index.ts'
import { javaDatabaseDir } from '../java-names/index.ts'
import type { Config } from './config.ts'
import { ecosystems } from './ecosystems.ts'
import type { Scanner } from './engine.ts'
import { scanByEngine } from './engine/scan-by-engine.ts'
import { engineUnknown } from './engine/engine-unknown.ts'

export interface EngineSurroundings {
  readonly config: Pick<Config, 'dataDir' | 'trivy'>
  readonly clock: Clock
  /** Our vulnerability database; undefined: the engine brings its own. */
  readonly database: () => Promise<Omit<TrivyDatabase, 'javaFolder'> | undefined>
}

/** Every engine beside the built-in one, by its id: a new one is its folder and its line here. */
export function createEngines(around: EngineSurroundings): ReadonlyMap<string, ImageEngine> {
  const engines = [trivy(around)]
  return new Map(engines.map((engine) => [engine.id, engine]))
}

function trivy({ config, clock, database }: EngineSurroundings): ImageEngine {
  const { dataDir } = config
  return createTrivyEngine({
    ...config.trivy,
    dir: join(dataDir, 'engines', 'trivy'),
    clock,
    describe: describeForeign,
    async database() {
      const found = await database()
      const java = javaFolder(dataDir)
      return found && { ...found, ...(java === undefined ? {} : { javaFolder: java }) }
    },
  })
}

function javaFolder(dataDir: string): string | undefined {
  const dir = javaDatabaseDir(dataDir)
  const digest = currentDigest(dir)
  return digest === undefined ? undefined : databaseFolder(dir, digest)
}

export interface EngineScannerOptions {
  readonly config: EngineSurroundings['config']
  readonly clock: Clock
  /** Asked for only by an engine that brings none of its own. */
  readonly database: () => Promise<AdvisoryDatabase>
}

/**
 * Scans images without a server by another engine than the built-in one, with the same vulnerability database.
 * @throws AppError `engine-unknown` (invalid)
 */
export function createEngineScanner(id: string, { config, clock, database }: EngineScannerOptions): Scanner {
  const files = async () => {
    const { folder, updatedAt, digest } = await database()
    return folder === undefined ? undefined : { folder, updatedAt, digest }
  }
  const engines = createEngines({ config, clock, database: files })
  const engine = engines.get(id)
  if (engine === undefined) throw engineUnknown(id, engines)
  return {
    note: undefined,
    scan: ({ source, reference, platform, signal }) =>
      scanByEngine(engine, {
        source,
        reference,
        platform,
        plugins: ecosystems,
        ...(signal === undefined ? {} : { signal }),
      }),
  }
}

/** By the ecosystem that reads such packages itself; what none knows is shown as the scanner calls it. */
export const describeForeign: DescribePackage = (foreign, os) => {
  const plugin = ecosystems.find((each) => speaksFor(each, foreign))
  if (plugin === undefined) return asItIs(foreign)
  try {
    const shown = plugin.describe(factOf(foreign), { os, repository: null, buildInfo: null })
    return foreign.purl === '' ? shown : { ...shown, purl: foreign.purl }
  } catch {
    return asItIs(foreign)
  }
}

function speaksFor(plugin: IndexingPlugin, { kind, type, path }: ForeignPackage): boolean {
  if (kind === 'os') return plugin.distributions.some(({ family }) => family === type)
  const report = typeof plugin.report === 'function' ? plugin.report(path ?? '') : plugin.report
  return report?.type === type
}

function factOf(foreign: ForeignPackage): PackageFact {
  const { name, version, epoch, release, arch, licenses } = foreign
  return {
    name,
    version,
    licenses,
    ...(epoch === 0 ? {} : { epoch }),
    ...(release === '' ? {} : { release }),
    ...(arch === '' ? {} : { arch }),
    ...(foreign.sourceName === '' ? {} : { sourceName: foreign.sourceName }),
    ...(foreign.sourceVersion === '' ? {} : { sourceVersion: foreign.sourceVersion }),
    ...(foreign.sourceEpoch === 0 ? {} : { sourceEpoch: foreign.sourceEpoch }),
    ...(foreign.sourceRelease === '' ? {} : { sourceRelease: foreign.sourceRelease }),
  }
}

function asItIs(foreign: ForeignPackage): ReturnType<DescribePackage> {
  const version = spell(foreign.epoch, foreign.version, foreign.release)
  const name = encodeURIComponent(foreign.name)
  return {
    ecosystem: foreign.type,
    name: foreign.name,
    version,
    arch: foreign.arch || null,
    sourceName: foreign.sourceName || null,
    sourceVersion: spell(foreign.sourceEpoch, foreign.sourceVersion, foreign.sourceRelease) || null,
    purl: foreign.purl || `pkg:generic/${name}@${encodeURIComponent(version)}`,
    licenses: foreign.licenses,
  }
}

function spell(epoch: number, version: string, release: string): string {
  return `${epoch === 0 ? '' : `${epoch}:`}${version}${release === '' ? '' : `-${release}`}`
}
