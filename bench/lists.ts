/**
 * Lists and counts of a server with many images: synthetic content in a PostgreSQL database, every page measured warm. The database must
 * be empty; it is filled and left as it is.
 */
import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { createConnections } from '../src/connections/index.ts'
import { hostList, Secret, systemClock } from '../src/core/index.ts'
import { createDiscoveryService, type ImageQuery, repositoriesAfter } from '../src/discovery/index.ts'
import {
  createFindingService,
  dueRepositories,
  type FindingQuery,
  foldCounters,
  recomputePostings,
} from '../src/findings/index.ts'
import { recountSets } from '../src/matching/sql.ts'
import { createVault, keyringOf } from '../src/platform/credentials/index.ts'
import { type Database, openDatabase } from '../src/platform/db/index.ts'
import { createScanService } from '../src/scans/index.ts'

export interface ListsBench {
  /** `postgresql://...` of an empty database, or a folder for the embedded one. */
  readonly database: string
  readonly images: number
}

const PER_REPOSITORY = 20

/** Content in the proportions of docs/data-model.md: shared OS sets, many application sets, a tenth of the images in a second organisation. */
function filling(images: number): string[] {
  const repositories = Math.ceil(images / PER_REPOSITORY)
  const osSets = Math.ceil(images / 50)
  const appSets = Math.ceil(images * 0.4)
  const packages = Math.min(60_000, images * 6)
  return [
    `insert into db_generation (digest, updated_at, next_update, source) values (decode(md5('g') || md5('h'), 'hex'), now(), now(), 'bench')`,
    `update db_current set generation = 1, floor = 1`,
    `insert into org_settings (org_id) values ('one'), ('two')`,
    `insert into registry_connection (id, org_id, name, platform, host, settings, status)
       select md5('c' || n)::uuid, case when n = 10 then 'two' else 'one' end, 'connection ' || n, 'oci', 'registry.test', '{}', 'Connected'
       from generate_series(1, 10) n`,
    `insert into name (ecosystem, name) select case when n % 3 = 0 then 'npm' else 'dpkg' end, 'package-' || n from generate_series(1, ${packages / 15}) n`,
    `insert into subject (key_hash, space, lookup_key, comparer, version, matched_generation, matcher_version)
       select decode(md5('s' || n) || md5('t' || n), 'hex'), 'debian 12', 'source-' || n % 4000, 'dpkg', '1.' || n, 1, 1 from generate_series(1, ${packages / 2}) n`,
    `insert into package (key_hash, subject_id, ecosystem, name_id, version, purl)
       select decode(md5('p' || n) || md5('q' || n), 'hex'), (n + 1) / 2, case when n % 3 = 0 then 'npm' else 'dpkg' end, (n - 1) % (${packages / 15}) + 1, '1.' || n, 'pkg:generic/' || n
       from generate_series(1, ${packages}) n`,
    `insert into vulnerability (name, title, generation) select 'CVE-2024-' || n, 'Something is wrong with part ' || n, 1 from generate_series(1, 10000) n`,
    `insert into match (subject_id, engine, vulnerability_id, severity, severity_source, status, fixed_version, first_generation)
       select distinct on (s, v) s, 'portolan', v, case when v % 20 = 0 then 4 when v % 5 = 0 then 3 when v % 2 = 0 then 2 else 1 end, 'nvd', 'affected',
         case when v % 3 = 0 then '2.0' else '' end, 1
       from (select s, (s * 31 + k * 977) % 10000 + 1 as v from generate_series(1, ${packages / 2}) s, generate_series(1, 10) k where s % 3 = 0) m`,
    `insert into package_set (hash, kind, package_ids, paths)
       select decode(md5('o' || n) || md5('o2' || n), 'hex'), 'os', array(select distinct (n * 131 + k * 37) % ${packages / 3} + 1 from generate_series(1, 220) k), '[]'
       from generate_series(1, ${osSets}) n`,
    `insert into package_set (hash, kind, package_ids, paths)
       select decode(md5('a' || n) || md5('a2' || n), 'hex'), 'language', ids, (select jsonb_agg('app/node_modules/' || i || '/package.json') from unnest(ids) i)
       from (select n, array(select distinct (n * 17 + k * 53) % ${packages} + 1 from generate_series(1, 80) k) as ids from generate_series(1, ${appSets}) n) s`,
    `insert into repository (org_id, host, path, postings_due)
       select case when n % 10 = 0 then 'two' else 'one' end, 'registry.test', 'team-' || n % 100 || '/service-' || n, true from generate_series(1, ${repositories}) n`,
    `insert into connection_repository (connection_id, repository_id) select md5('c' || (case when id % 10 = 0 then 10 else id % 9 + 1 end))::uuid, id from repository`,
    `insert into inventory (manifest_digest, indexer_key, os, set_ids, layers, attribution)
       select decode(md5('m' || n) || md5('m2' || n), 'hex'), 'bench', '{"family":"debian","release":"12"}',
         array[(n / ${PER_REPOSITORY}) % ${osSets} + 1, ${osSets} + n % ${appSets} + 1], '[]', '[[0,{}],[1,{}]]'
       from generate_series(0, ${images - 1}) n`,
    `insert into image (org_id, repository_id, digest, kind, lifecycle, selected, scan_status, pushed_at)
       select r.org_id, r.id, v.manifest_digest, 'image', case when v.id % ${PER_REPOSITORY} = 0 then 'Latest' else 'Outdated' end, true,
         case when v.id % 50 = 0 then 'Failed' else 'Completed' end, now() - make_interval(hours => v.id)
       from inventory v join repository r on r.id = (v.id - 1) / ${PER_REPOSITORY} + 1`,
    `insert into image_platform (image_id, manifest_digest, platform, size, inventory_id)
       select i.id, i.digest, 'linux/amd64', 50000000, v.id from image i join inventory v on v.manifest_digest = i.digest`,
    `insert into tag (repository_id, name, image_id, digest, pushed_at) select repository_id, 'v' || id, id, digest, pushed_at from image`,
    `insert into scan (org_id, manifest_digest, image_id, connection_id, state, finished_at)
       select i.org_id, i.digest, i.id, c.connection_id, 'completed', now() from image i join connection_repository c on c.repository_id = i.repository_id`,
  ]
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await run()
  return performance.now() - began
}

/** The median and the worst but one of fifteen runs; a list says how many rows it gave. */
async function measure(name: string, run: () => Promise<unknown>): Promise<void> {
  const first = await run()
  const times: number[] = []
  for (let index = 0; index < 15; index += 1) times.push(await timed(run))
  times.sort((left, right) => left - right)
  const [p50, p95] = [times[7] ?? 0, times[13] ?? 0]
  const rows = Array.isArray(first) ? `${first.length} rows` : ''
  process.stdout.write(
    `${name.padEnd(44)} ${p50.toFixed(1).padStart(8)} ms  ${p95.toFixed(1).padStart(8)} ms  ${rows}\n`,
  )
}

async function fill(database: Database, images: number): Promise<void> {
  for (const statement of filling(images)) await database.execute(statement)
  for (const table of ['package_set', 'package', 'match', 'image', 'inventory', 'repository'])
    await database.execute(`analyze ${table}`)
  const sets = await database.execute('select id from package_set')
  const counted = await timed(() =>
    recountSets(
      database,
      sets.map((row) => row['id'] as number),
    ),
  )
  process.stdout.write(`counts of ${sets.length} sets: ${(counted / 1000).toFixed(1)} s\n`)
  let repositories = 0
  const posted = await timed(async () => {
    for (
      let due = await dueRepositories(database, 50);
      due.length > 0;
      due = await dueRepositories(database, 50)
    ) {
      for (const id of due) await recomputePostings(database, id, new Date(systemClock.now()))
      repositories += due.length
    }
  })
  process.stdout.write(
    `postings: ${(posted / repositories).toFixed(1)} ms for a repository of ${PER_REPOSITORY} images\n`,
  )
  const folded = await timed(async () => {
    while ((await foldCounters(database)) > 0);
  })
  process.stdout.write(`counters of ${repositories} repositories folded: ${(folded / 1000).toFixed(2)} s\n`)
  for (const table of ['repository_package', 'org_vulnerability', 'set_count', 'tag', 'scan'])
    await database.execute(`analyze ${table}`)
  await database.maintain()
}

const LIMIT = 50

/** What the filtered lists ask for: the first image of the large organisation, its repository and connection. */
interface Sample {
  readonly digest: string
  readonly repository: number
  readonly connection: string
}

async function sampleOf(database: Database): Promise<Sample> {
  const [row] = await database.execute(
    `select encode(digest, 'hex') as digest, repository_id,
       (select connection_id from connection_repository c where c.repository_id = i.repository_id) as connection
     from image i where org_id = $1 order by id limit 1`,
    ['one'],
  )
  return {
    digest: `sha256:${String(row?.['digest'])}`,
    repository: Number(row?.['repository_id']),
    connection: String(row?.['connection']),
  }
}

async function measureFindings(
  database: Database,
  { digest, repository, connection }: Sample,
): Promise<void> {
  const findings = createFindingService(database)
  let cursor: string | undefined
  for (let page = 0; page < 20; page += 1) {
    cursor = (await findings.list('one', { limit: 200, cursor })).nextCursor ?? undefined
  }
  const lists: readonly [name: string, filters: Omit<FindingQuery, 'limit'>][] = [
    ['first page', {}],
    ['deep page', { cursor }],
    ['severity CRITICAL', { severity: ['CRITICAL'] }],
    ['fix no', { fix: 'no' }],
    ['digest', { digest }],
    ['repository', { repository }],
    ['connection', { connection }],
    ['package', { package: 'package-7' }],
    ['CVE', { cve: 'CVE-2024-100' }],
    ['CVE that nobody has', { cve: 'CVE-1999-1' }],
    ['severity UNKNOWN in a connection', { severity: ['UNKNOWN'], connection }],
  ]
  for (const [name, filters] of lists) {
    await measure(
      `findings: ${name}`,
      async () => (await findings.list('one', { ...filters, limit: LIMIT })).items,
    )
  }
  const { items } = await findings.list('one', { limit: 1 })
  await measure('findings: detail', () => findings.get('one', items[0]?.id ?? ''))
  await measure('summary: none', () => findings.summary('one', {}))
  await measure('summary: digest', () => findings.summary('one', { digest }))
  await measure('summary: connection', () => findings.summary('one', { connection }))
}

async function measureOthers(database: Database, { connection }: Sample): Promise<void> {
  const ground = { db: database, clock: systemClock }
  const discovery = createDiscoveryService(ground)
  const scans = createScanService({ ...ground, repositoriesAfter })
  const connections = createConnections({
    ...ground,
    vault: createVault(database, keyringOf([new Secret<Uint8Array>(randomBytes(32))]), systemClock),
    providers: [],
    environment: {
      http() {
        throw new Error('lists open no registry')
      },
      clock: systemClock,
    },
    rules: {
      insecureHosts: hostList('', []),
      proxyHosts: hostList('', []),
      identity: new Set(),
      egressAddresses: [],
    },
  }).service
  const images = (name: string, filters: Partial<ImageQuery>): Promise<void> =>
    measure(
      `images: ${name}`,
      async () => (await discovery.listImages('one', { limit: LIMIT, kind: 'image', ...filters })).items,
    )
  await images('first page', {})
  await images('failed', { status: ['Failed'] })
  await images('connection', { connection })
  await images('search', { q: 'service-7' })
  await measure(
    'repositories: first page',
    async () => (await discovery.listRepositories('one', { limit: LIMIT })).items,
  )
  await measure(
    'connections with counts',
    async () => (await connections.list('one', { limit: LIMIT })).items,
  )
  await measure('scans: first page', async () => (await scans.list('one', { limit: LIMIT })).items)
}

export async function benchLists({ database: where, images }: ListsBench): Promise<void> {
  const database = await openDatabase(
    where.includes('://') ? { url: where, pageTimeoutMs: 60_000 } : { dataDir: where },
  )
  await fill(database, images)
  const sample = await sampleOf(database)
  process.stdout.write(`${images} images, ${database.kind}: p50, p95\n`)
  await measureFindings(database, sample)
  await measureOthers(database, sample)
  await database.close()
}
