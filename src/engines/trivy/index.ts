/**
 * Trivy as an engine: the real program, by itself or as the client of a Trivy server. It knows how Trivy is started and what its
 * report means. It must not know registries or their credentials: Trivy gets the image as files that we have fetched and verified,
 * and sees nothing of this process's environment.
 */
import type { Clock, Secret } from '../../core/index.ts'
import { saveOciLayout } from '../../images/index.ts'
import {
  type DescribePackage,
  type EngineFacts,
  type EngineScan,
  type EngineScanRequest,
  type ImageEngine,
  judgedInventory,
} from '../index.ts'
import { imageTooLarge } from './errors.ts'
import { type TrivyDatabase, withRunFolder } from './folders.ts'
import { KnownVersions } from './known-versions.ts'
import { findProgram, type ProgramPlace } from './program.ts'
import { Run } from './run.ts'
import { Turns } from './turns.ts'

export type { TrivyDatabase } from './folders.ts'

export interface TrivyOptions extends ProgramPlace {
  /** Folder of the engine: copies of databases, images while they are scanned. */
  readonly dir: string
  /** A Trivy server: the program is then its client, and the server's data decides. */
  readonly server?: { readonly url: string; readonly token: Secret<string> | undefined } | undefined
  /** Our vulnerability database; undefined: Trivy fetches its own. Not asked where there is a server. */
  readonly database: () => Promise<TrivyDatabase | undefined>
  readonly describe: DescribePackage
  readonly clock: Clock
  /** Of one run, milliseconds; 15 minutes unless stated. */
  readonly timeoutMs?: number
  /** Compressed bytes of an image; 20 GiB unless stated. */
  readonly maxImageSize?: number
  /** Bytes of a report; 256 MiB unless stated. */
  readonly maxReport?: number
}

const ID = 'trivy'
const TIMEOUT = 15 * 60_000
const MAX_IMAGE = 20 * 1024 ** 3
const MAX_REPORT = 256 * 1024 ** 2
/** Trivy locks its database while it runs, older versions for themselves alone; a server's clients need none. */
const AT_ONCE = { alone: 1, client: 4 }

export function createTrivyEngine(options: TrivyOptions): ImageEngine {
  const turns = new Turns(options.server === undefined ? AT_ONCE.alone : AT_ONCE.client)
  const versions = new KnownVersions(options.clock)
  return {
    id: ID,
    label: 'Trivy',
    facts: (signal) => factsOf(options, signal),
    scan: (request) => turns.run(request.signal, () => scan(options, versions, request)),
  }
}

async function factsOf(options: TrivyOptions, signal?: AbortSignal): Promise<EngineFacts> {
  const program = await findProgram(options)
  const database = await databaseOf(options)
  return withRunFolder(options.dir, options.clock, undefined, async (folder) => {
    const facts = await runOf(options, { program, folder, database: undefined, signal }).version()
    return withDatabase(options, facts, database)
  })
}

function runOf(
  options: TrivyOptions,
  what: Pick<ConstructorParameters<typeof Run>[0], 'program' | 'folder' | 'database' | 'signal'>,
): Run {
  const { searchPath, server, timeoutMs = TIMEOUT, maxReport = MAX_REPORT } = options
  return new Run({ ...what, searchPath, server, timeoutMs, maxReport })
}

function withDatabase(
  { server }: TrivyOptions,
  facts: EngineFacts,
  database: TrivyDatabase | undefined,
): EngineFacts {
  if (server !== undefined) return { ...facts, databaseUpdatedAt: null }
  return database === undefined ? facts : { ...facts, databaseUpdatedAt: database.updatedAt }
}

async function databaseOf({ server, database }: TrivyOptions): Promise<TrivyDatabase | undefined> {
  return server === undefined ? database() : undefined
}

async function scan(
  options: TrivyOptions,
  versions: KnownVersions,
  request: EngineScanRequest,
): Promise<EngineScan> {
  const { image, source, signal, owner } = request
  const program = await findProgram(options)
  const most = options.maxImageSize ?? MAX_IMAGE
  if (image.manifest.size > most) throw imageTooLarge(image.manifest.size, most)
  const database = await databaseOf(options)
  return withRunFolder(options.dir, options.clock, database, async (folder) => {
    await saveOciLayout(source, image, folder.layout, signal === undefined ? {} : { signal })
    const run = runOf(options, { program, folder, database, signal })
    const content = await run.content(image.layers.map(({ diffId }) => diffId))
    const facts = await factsAfter(options, versions, { program, run, database })
    const judged = { engine: ID, owner, image, describe: options.describe, ...content }
    return { ...judgedInventory(judged), facts }
  })
}

/** Of the scan that has just ended: how old data is that the program fetches by itself, only the program knows. */
async function factsAfter(
  options: TrivyOptions,
  versions: KnownVersions,
  { program, run, database }: { program: string; run: Run; database: TrivyDatabase | undefined },
): Promise<EngineFacts> {
  if (options.server === undefined && database === undefined) return run.version()
  const version = await versions.of(program, () => run.version())
  return withDatabase(options, { version, databaseUpdatedAt: null }, database)
}
