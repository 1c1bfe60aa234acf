import { type Kysely, sql } from 'kysely'
import { type Digest, digestBytes } from '../core/index.ts'
import { chunks, type Database, recordset, sortedByKey, storableJson } from '../platform/db/index.ts'
import { packAttribution } from './attribution.ts'
import { packageKey, subjectKey } from './keys.ts'
import type { Inventory, Package, PackageSet, Subject } from './ports.ts'

type Db = Kysely<unknown>

/** Rows of one statement: it is to stay under 50 ms on the embedded database. */
const CHUNK = 500
/** Characters. */
const MAX_NAME = 500

export interface SaveInventory {
  readonly manifest: Digest
  readonly indexerKey: string
  readonly inventory: Inventory
  /** Made by another engine: it belongs to one organisation and is no content that others share. */
  readonly by?: MadeBy
}

export interface MadeBy {
  readonly orgId: string
  readonly engine: string
  readonly version: string
  /** RFC 3339; null where the engine does not say how old its data is. */
  readonly databaseUpdatedAt: string | null
}

export interface SavedInventory {
  readonly id: number
  /** In the inventory's order. */
  readonly setIds: readonly number[]
}

/**
 * Keeps what an image holds. Content that is known already costs one look: an image on a known base writes only its own part.
 * Everything is addressed by content and written in order of its key, so that workers neither deadlock nor disagree, and
 * one that is killed leaves nothing wrong behind.
 */
export async function saveInventory(database: Database, saved: SaveInventory): Promise<SavedInventory> {
  const db = database.lane('bulk')
  const { inventory, by } = saved
  const engine = by === undefined ? null : { version: by.version, databaseUpdatedAt: by.databaseUpdatedAt }
  const setIds = await saveSets(db, inventory.sets)
  const { rows } = await sql<{ id: number }>`
    insert into inventory (manifest_digest, indexer_key, org_id, source, engine, os, set_ids, layers, attribution, notes, unresolved, names_digest)
    values (${digestBytes(saved.manifest)}, ${saved.indexerKey}, ${by?.orgId ?? null}, ${by?.engine ?? 'indexed'}, ${engine}::jsonb, ${inventory.os === null ? null : { ...inventory.os }}::jsonb, ${setIds}::int[],
      ${storableJson(inventory.layers)}::jsonb, ${storableJson(packAttribution(inventory.attribution))}::jsonb, ${storableJson(inventory.notes)}::jsonb,
      ${inventory.unresolved}, ${inventory.names === null ? null : digestBytes(inventory.names)})
    on conflict (manifest_digest, indexer_key, org_id) do update set engine = excluded.engine, os = excluded.os, set_ids = excluded.set_ids,
      layers = excluded.layers, attribution = excluded.attribution, notes = excluded.notes,
      unresolved = excluded.unresolved, names_digest = excluded.names_digest, last_used_at = now()
    returning id`.execute(db)
  return { id: rows[0]?.id ?? 0, setIds }
}

/** An index takes no text of any length; a name that a hostile image made longer than this is none that advisories know. */
function bounded(text: string): string {
  return text.length <= MAX_NAME ? text : `${text.slice(0, MAX_NAME)}…`
}

async function saveSets(db: Db, sets: readonly PackageSet[]): Promise<number[]> {
  const known = await setIdsByHash(db, sets)
  const missing = sortedByKey(
    sets.filter((set) => !known.has(set.hash)),
    (set) => set.hash,
  )
  for (const set of missing) await saveSet(db, set)
  const ids = missing.length === 0 ? known : await setIdsByHash(db, sets)
  return sets.map((set) => ids.get(set.hash) ?? 0)
}

async function setIdsByHash(db: Db, sets: readonly PackageSet[]): Promise<Map<string, number>> {
  const hashes = sets.map((set) => Buffer.from(set.hash, 'hex'))
  const { rows } = await sql<{ id: number; hash: string; touched: boolean }>`
    select id, encode(hash, 'hex') as hash, last_used_at > now() - interval '1 hour' as touched
    from package_set where hash = any(${hashes}::bytea[])`.execute(db)
  const found = await stillThere(db, 'package_set', rows)
  return new Map(found.map((row) => [row.hash, row.id]))
}

/**
 * Used content is not swept away; now and then is enough to say so.
 *
 * @returns the rows without those that were swept away just now
 */
async function stillThere<Row extends { readonly id: number; readonly touched: boolean }>(
  db: Db,
  table: 'package_set' | 'package',
  rows: readonly Row[],
): Promise<readonly Row[]> {
  const untouched = rows.filter((row) => !row.touched).map((row) => row.id)
  if (untouched.length === 0) return rows
  const { rows: touched } = await sql<{ id: number }>`
    update ${sql.table(table)} set last_used_at = now()
    where id in (select id from ${sql.table(table)} where id = any(${untouched}::int[]) order by id for update) returning id`.execute(
    db,
  )
  const ids = new Set(touched.map((row) => row.id))
  return rows.filter((row) => row.touched || ids.has(row.id))
}

async function saveSet(db: Db, set: PackageSet): Promise<void> {
  const packages = new Map(set.entries.map((entry) => [packageKey(entry.package), entry.package]))
  const ids = await savePackages(db, packages)
  const packageIds = set.entries.map((entry) => ids.get(packageKey(entry.package)) ?? 0)
  await sql`
    insert into package_set (hash, kind, package_ids, paths)
    values (${Buffer.from(set.hash, 'hex')}, ${set.kind}, ${packageIds}::int[], ${storableJson(pathsOf(set))}::jsonb)
    on conflict (hash) do nothing`.execute(db)
}

/** Beside the packages, in their order; none at all for a set without paths. */
function pathsOf({ entries }: PackageSet): (string | null)[] {
  return entries.some((entry) => entry.path !== null) ? entries.map((entry) => entry.path) : []
}

async function savePackages(db: Db, packages: ReadonlyMap<string, Package>): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  for (const chunk of chunks(
    sortedByKey([...packages], ([key]) => key),
    CHUNK,
  )) {
    const known = await packageIds(db, chunk)
    const missing = chunk.filter(([key]) => !known.has(key))
    if (missing.length > 0) await insertPackages(db, missing)
    for (const [key, id] of missing.length > 0 ? await packageIds(db, chunk) : known) ids.set(key, id)
  }
  return ids
}

async function packageIds(
  db: Db,
  packages: readonly (readonly [key: string, value: Package])[],
): Promise<Map<string, number>> {
  const keys = packages.map(([key]) => Buffer.from(key, 'hex'))
  const { rows } = await sql<{ id: number; key: string; touched: boolean }>`
    select id, encode(key_hash, 'hex') as key, last_used_at > now() - interval '12 hours' as touched
    from package where key_hash = any(${keys}::bytea[])`.execute(db)
  const found = await stillThere(db, 'package', rows)
  return new Map(found.map((row) => [row.key, row.id]))
}

const packageColumns = {
  key_hash: 'bytea',
  subject_key: 'bytea',
  skip_reason: 'text',
  ecosystem: 'text',
  name: 'text',
  version: 'text',
  arch: 'text',
  source_name: 'text',
  source_version: 'text',
  purl: 'text',
  licenses: 'jsonb',
}

async function insertPackages(
  db: Db,
  packages: readonly (readonly [key: string, value: Package])[],
): Promise<void> {
  const values = packages.map(([, value]) => value)
  await insertNames(db, values)
  await insertSubjects(
    db,
    values.flatMap((value) => value.subject ?? []),
  )
  const rows = packages.map(([key, value]) => ({
    key_hash: Buffer.from(key, 'hex'),
    subject_key: value.subject === null ? null : Buffer.from(subjectKey(value.subject), 'hex'),
    skip_reason: value.skipReason,
    ecosystem: value.ecosystem,
    name: bounded(value.name),
    version: value.version,
    arch: value.arch,
    source_name: value.sourceName,
    source_version: value.sourceVersion,
    purl: value.purl,
    licenses: value.licenses,
  }))
  await sql`
    insert into package (key_hash, subject_id, skip_reason, ecosystem, name_id, version, arch, source_name, source_version, purl, licenses)
    select p.key_hash, s.id, p.skip_reason, p.ecosystem, n.id, p.version, p.arch, p.source_name, p.source_version, p.purl, p.licenses
    from ${recordset(packageColumns, rows)} as p join name n on n.ecosystem = p.ecosystem and n.name = p.name
    left join subject s on s.key_hash = p.subject_key order by p.key_hash
    on conflict (key_hash) do nothing`.execute(db)
}

async function insertNames(db: Db, packages: readonly Package[]): Promise<void> {
  const names = packages.map(({ ecosystem, name }) => ({ ecosystem, name: bounded(name) }))
  const rows = sortedByKey(names, ({ ecosystem, name }) => `${ecosystem}\u0000${name}`)
  await sql`
    insert into name (ecosystem, name) select r.ecosystem, r.name from ${recordset({ ecosystem: 'text', name: 'text' }, rows)} as r
    where not exists (select from name n where n.ecosystem = r.ecosystem and n.name = r.name)
    order by r.ecosystem collate "C", r.name collate "C" on conflict do nothing`.execute(db)
}

const subjectColumns = {
  key_hash: 'bytea',
  space: 'text',
  lookup_key: 'text',
  comparer: 'text',
  version: 'text',
  arch: 'text',
  cpe_context: 'text',
  flavour: 'text',
}

async function insertSubjects(db: Db, subjects: readonly Subject[]): Promise<void> {
  const rows = sortedByKey(
    subjects.map((subject) => ({ subject, key: subjectKey(subject) })),
    (row) => row.key,
  ).map(({ subject, key }) => ({
    key_hash: Buffer.from(key, 'hex'),
    space: bounded(subject.space),
    lookup_key: bounded(subject.lookupKey),
    comparer: subject.comparer,
    version: subject.version,
    arch: subject.arch,
    cpe_context: subject.cpeContext,
    flavour: subject.flavour,
  }))
  if (rows.length === 0) return
  const keys = rows.map((row) => row.key_hash)
  await sql`
    update subject set last_used_at = now() where id in (
      select id from subject where key_hash = any(${keys}::bytea[]) and last_used_at <= now() - interval '12 hours' order by id for update)`.execute(
    db,
  )
  const names = sql.join(Object.keys(subjectColumns).map((name) => sql.ref(name)))
  await sql`
    insert into subject (${names}) select ${names} from ${recordset(subjectColumns, rows)} as r
    where not exists (select from subject s where s.key_hash = r.key_hash) order by r.key_hash
    on conflict (key_hash) do nothing`.execute(db)
}
