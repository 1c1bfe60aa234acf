import { hostname } from 'node:os'
import { join } from 'node:path'
import type { DatabaseStatus } from '../advisories/index.ts'
import type { ApiServices } from '../api/index.ts'
import { type ConnectorSource, createConnections, type OperatorRules } from '../connections/index.ts'
import { type Clock, newId } from '../core/index.ts'
import {
  createDiscoveryService,
  type DiscoveryService,
  lookIntoImage,
  repositoriesAfter,
} from '../discovery/index.ts'
import { createDocumentService, type DocumentService } from '../documents/index.ts'
import { createFindingService } from '../findings/index.ts'
import { createHooks } from '../hooks/index.ts'
import { createFileLayerStore, type LayerStore } from '../inventory/index.ts'
import { createSqlLayerStore } from '../inventory/sql.ts'
import { createJavaNamesInUse, javaDatabaseDir } from '../java-names/index.ts'
import { currentGeneration } from '../matching/sql.ts'
import type { Vault } from '../platform/credentials/index.ts'
import type { Database } from '../platform/db/index.ts'
import { createAddressPolicy, createHttpFactory } from '../platform/http/index.ts'
import type { Jobs } from '../platform/jobs/index.ts'
import type { Log } from '../platform/log/index.ts'
import { createScanService } from '../scans/index.ts'
import type { Config } from './config.ts'
import { createDocumentTools } from './document-tools.ts'
import { createBuiltInIndexer } from './engine.ts'
import { createEngineService } from './engine-service.ts'
import { createEngines } from './engines.ts'
import type { EventBus } from './events.ts'
import { createMatcherInUse, type MatcherInUse } from './matcher-in-use.ts'
import {
  createPipeline,
  type Pipeline,
  type PipelineChange,
  type PipelineOptions,
  type PipelineProgress,
} from './pipeline.ts'
import { registryPlatforms } from './registry-platforms.ts'
import { version } from './version.ts'
import { defineWorkQueue } from './work-queue.ts'

export interface DomainOptions {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly database: Database
  readonly vault: Vault
  readonly jobs: Jobs
  readonly events: EventBus
}

/** What the server is for: the rooms of the domain, and the pipeline's steps turned into jobs. */
export interface Domain {
  readonly services: Pick<
    ApiServices,
    'connections' | 'hooks' | 'discovery' | 'scans' | 'findings' | 'documents' | 'engines'
  >
  /** Another vulnerability database is current in the data folder: uses it, and matches again what may differ. */
  databaseChanged(status: DatabaseStatus, signal: AbortSignal): Promise<void>
  /** Before any worker starts: what a killed process left behind waits again. */
  resume(): Promise<void>
  /** How far background work is that concerns all images. */
  progress(): Promise<PipelineProgress>
  /** Now and then, behind all other work: what older analyzers have made is made anew. */
  renew(signal: AbortSignal): Promise<void>
  /** Now and then: content that nothing names any more is removed. */
  sweep(signal: AbortSignal): Promise<void>
  /** Now and then: discoveries that are due, work whose worker has gone, matches and counts that are behind. */
  tick(signal: AbortSignal): Promise<void>
  close(): void
}

const DISCOVERIES_AT_ONCE = 2
const DUE_AT_ONCE = 100

export async function createDomain(options: DomainOptions): Promise<Domain> {
  const { config, clock, log, database, vault, events } = options
  const matcher = createMatcherInUse(join(config.dataDir, 'db'))
  const javaNames = createJavaNamesInUse(javaDatabaseDir(config.dataDir))
  const { wakeScans, wakeDiscovery } = defineWorkQueues(options, () => pipeline)
  const { engines, engineService } = enginesOf(options, matcher)
  const documents = createDocuments(options, matcher)
  const { findings, discovery } = createLists(options, documents, wakeDiscovery)
  const connections = createConnections({
    db: database,
    vault,
    clock,
    providers: registryPlatforms,
    environment: { http: httpOf(config, clock), clock },
    rules: rulesOf(config),
    checkEngine: (id) => engineService.check(id),
    onReady: async (orgId, id) => void (await discovery.request(orgId, id)),
    onRemoved: (orgId, id) => hooks.forget(orgId, id),
    onChange: (orgId, connectionId) => publish(events, { kind: 'connection', orgId, connectionId }),
  })
  const pipeline = createPipeline({
    db: database,
    clock,
    connectors: connections.connectors,
    indexer: createBuiltInIndexer(await openLayerStore(options), async () => javaNames.get()),
    names: async () => javaNames.get()?.digest ?? null,
    engines,
    documents,
    matcher: async () => matcher.get(),
    onQueued: wakeScans,
    onChange: (change) => publish(events, change),
    onScanned: noteScans(log),
  })
  const hooks = createEventHooks(options, discovery)
  return {
    services: {
      connections: connections.service,
      hooks,
      discovery,
      scans: createScans(options, connections.connectors, wakeScans),
      findings,
      documents,
      engines: engineService,
    },
    ...createWork(options, {
      matcher,
      javaNames,
      pipeline,
      async startWaiting() {
        for (const due of await connections.takeDue(DUE_AT_ONCE)) await discovery.request(due.orgId, due.id)
        wakeDiscovery()
        wakeScans()
      },
    }),
  }
}

interface WorkParts {
  readonly matcher: MatcherInUse
  readonly javaNames: ReturnType<typeof createJavaNamesInUse>
  readonly pipeline: Pipeline
  /** Discoveries that are due, and workers for what waits. */
  startWaiting(): Promise<void>
}

/** What goes on by itself. */
function createWork(options: DomainOptions, parts: WorkParts): Omit<Domain, 'services'> {
  const { database, log } = options
  const { matcher, javaNames, pipeline, startWaiting } = parts
  return {
    databaseChanged: (status, signal) => useDatabase(options, { matcher, pipeline, status, signal }),
    progress: () => pipeline.progress(),
    renew: (signal) => pipeline.renew(signal),
    sweep: async (signal) => noteSwept(log, await pipeline.sweep(signal)),
    async resume() {
      // Only the embedded database belongs to this process alone; elsewhere the leases of living workers count.
      if (database.kind === 'embedded') await pipeline.expireLeases('everyone')
    },
    async tick(signal) {
      await pipeline.expireLeases()
      await startWaiting()
      await pipeline.catchUp(signal)
    },
    close() {
      matcher.close()
      javaNames.close()
    },
  }
}

/** What platforms tell of starts discovery of the repositories that it names. */
function createEventHooks({ config, clock, database, vault }: DomainOptions, discovery: DiscoveryService) {
  return createHooks({
    db: database,
    vault,
    clock,
    providers: registryPlatforms,
    http: httpOf(config, clock),
    baseUrl: config.baseUrl,
    onChanges: async (orgId, id, repositories) =>
      void (await discovery.requestRepositories(orgId, id, repositories)),
  })
}

/** What pages list, with the organisation's statements laid over it. */
function createLists({ database, clock }: DomainOptions, documents: DocumentService, wake: () => void) {
  const findings = createFindingService(
    database,
    documents.overlays,
    async (orgId, imageId) => (await discovery.getImage(orgId, imageId)).unselectedBecause,
  )
  const { suppressed: findSuppressed } = findings
  const discovery = createDiscoveryService({ db: database, clock, findSuppressed, wake })
  return { findings, discovery }
}

function createScans({ database: db, clock }: DomainOptions, connectors: ConnectorSource, wake: () => void) {
  return createScanService({
    db,
    clock,
    repositoriesAfter,
    wake,
    lookInto: (image) => lookIntoImage({ db, connectors }, image),
  })
}

function createDocuments({ database, clock }: DomainOptions, matcher: MatcherInUse): DocumentService {
  const tools = createDocumentTools(() => matcher.get()?.database)
  return createDocumentService({ db: database, clock, tools, version })
}

/**
 * What was read of layers. Beside the embedded database it is in files that the command line shares; several servers on one
 * PostgreSQL share it there.
 */
async function openLayerStore({ config, clock, log, database }: DomainOptions): Promise<LayerStore> {
  if (database.kind !== 'embedded') return createSqlLayerStore(database)
  const store = await createFileLayerStore(join(config.dataDir, 'cache', 'layers'), { clock })
  if (store.note !== null) log.warn('layer cache is not used', { note: store.note })
  return store
}

/** Other engines than the built-in one, with the vulnerability database that this one matches with. */
function enginesOf({ config, clock }: DomainOptions, matcher: MatcherInUse) {
  const inUse = () => matcher.get()?.database
  const engines = createEngines({
    config,
    clock,
    async database() {
      const { folder, digest, updatedAt } = inUse() ?? {}
      if (folder === undefined || digest === undefined || updatedAt === undefined) return undefined
      return { folder, digest, updatedAt }
    },
  })
  const databaseUpdatedAt = () => inUse()?.updatedAt ?? null
  return { engines, engineService: createEngineService({ engines, clock, databaseUpdatedAt }) }
}

/** Scans and discoveries that wait are worked on by this process, when somebody wakes it. */
function defineWorkQueues({ config, clock, log, jobs }: DomainOptions, pipeline: () => Pipeline) {
  const onError = (error: unknown): void => log.warn('workers could not be woken', { error })
  const worker = `${hostname()}-${process.pid}-${newId(clock.now())}`
  const wakeScans = defineWorkQueue(jobs, {
    name: 'scan',
    workers: config.scanWorkers,
    runNext: (signal) => pipeline().scanNext(worker, signal),
    onError,
  })
  const wakeDiscovery = defineWorkQueue(jobs, {
    name: 'discover',
    workers: config.scanWorkers === 0 ? 0 : DISCOVERIES_AT_ONCE,
    runNext: async (signal) => (await pipeline().discoverNext(worker, signal)) !== undefined,
    onError,
  })
  return { wakeScans, wakeDiscovery }
}

/** The one way out for registry connections: what is private or not protected only where the operator named it. */
function httpOf(config: Config, clock: Clock) {
  const { allowedNetworks, proxy, insecureRegistries: insecureHosts, connectionProxies: proxyHosts } = config
  const addresses = createAddressPolicy(allowedNetworks)
  return createHttpFactory({
    addresses,
    clock,
    insecureHosts,
    proxyHosts,
    ...(proxy === undefined ? {} : { proxy }),
  })
}

function rulesOf(config: Config): OperatorRules {
  const { insecureRegistries, connectionProxies, ambientOrganisations, egressAddresses } = config
  return {
    insecureHosts: insecureRegistries,
    proxyHosts: connectionProxies,
    identity: { has: (orgId) => ambientOrganisations.some((named) => named === '*' || named === orgId) },
    egressAddresses,
  }
}

interface Change {
  readonly matcher: MatcherInUse
  readonly pipeline: Pipeline
  readonly status: DatabaseStatus
  readonly signal: AbortSignal
}

async function useDatabase({ database, log }: DomainOptions, change: Change): Promise<void> {
  const { matcher, pipeline, status, signal } = change
  const inUse = await currentGeneration(database)
  if (
    database.kind === 'postgresql' &&
    inUse !== undefined &&
    inUse.updatedAt.getTime() > (status.updatedAt ?? 0)
  ) {
    // Another process has newer data: this one fetches it in its turn, and does not put the clock back for all.
    log.info('newer vulnerability data is in use already', { here: status.digest, inUse: inUse.digest })
    return
  }
  const changed = await pipeline.databaseChanged(matcher.replace(), status.source ?? 'unknown', signal)
  log.info('vulnerability data in use', { digest: status.digest, source: status.source, changed })
}

/** Tells pages what to look at again. A change of images changes their connection's counts too. */
function publish(events: EventBus, change: PipelineChange): void {
  if (change.kind === 'findings') return events.publish(change.orgId, { type: 'findings.changed' })
  if (change.kind === 'progress') return events.publish(null, { type: 'database.changed' })
  const { orgId, connectionId } = change
  events.publish(orgId, { type: 'connection.changed', connectionId })
  if (change.kind === 'images') events.publish(orgId, { type: 'images.changed', connectionId })
}

/** @param rows undefined: another server is at it */
function noteSwept(log: Log, rows: Awaited<ReturnType<Pipeline['sweep']>>): void {
  if (rows !== undefined) log.info('content that nothing names was removed', { rows })
}

function noteScans(log: Log): NonNullable<PipelineOptions['onScanned']> {
  return (scan, outcome, error) => {
    const { host, repository, manifestDigest: digest, attempt } = scan
    const fields = { host, repository, digest, attempt, outcome }
    if (error === null) log.info('scan ended', fields)
    else log.warn('scan ended', { ...fields, code: error.code, error })
  }
}
