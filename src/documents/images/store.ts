import { type Kysely, sql } from 'kysely'

type Db = Kysely<unknown>

export interface StoredPlatformRow {
  readonly id: number
  readonly host: string
  readonly repository: string
  readonly tag: string | null
  readonly digest: Uint8Array
  readonly manifest_digest: Uint8Array
  readonly platform: string
  readonly inventory_id: number
}

/** The platforms of the organisation's images that were scanned; of each image the one that speaks for it first. */
export async function findStoredPlatforms(
  db: Db,
  orgId: string,
  imageIds: readonly number[],
): Promise<StoredPlatformRow[]> {
  const { rows } = await sql<StoredPlatformRow>`
    select i.id, r.host, r.path as repository, i.digest, p.manifest_digest, p.platform, p.inventory_id, (
      select t.name from tag t where t.image_id = i.id order by coalesce(t.pushed_at, t.first_seen_at) desc, t.name desc limit 1) as tag
    from image i join repository r on r.id = i.repository_id join image_platform p on p.image_id = i.id
    where i.id = any(${imageIds}::int[]) and i.org_id = ${orgId} and i.gone_at is null and p.inventory_id is not null
    order by i.id, p.platform <> 'linux/amd64', p.platform, p.manifest_digest`.execute(db)
  return rows
}

export interface InventoryRow {
  readonly os: unknown
  readonly layers: unknown
  readonly attribution: unknown
  readonly notes: string[]
}

export async function inventoryRow(db: Db, id: number): Promise<InventoryRow | undefined> {
  const { rows } = await sql<InventoryRow>`
    select v.os, v.layers, v.attribution, v.notes from inventory v where v.id = ${id}`.execute(db)
  return rows[0]
}

export interface EntryRow {
  readonly set_no: number
  readonly kind: 'os' | 'language'
  readonly hash: string
  readonly path: string | null
  readonly ecosystem: string
  readonly name: string
  readonly version: string
  readonly arch: string | null
  readonly source_name: string | null
  readonly source_version: string | null
  readonly purl: string
  readonly licenses: string[]
  readonly skip_reason: 'unsupported-os' | 'third-party' | 'no-version' | null
  readonly subject: {
    space: string
    lookupKey: string
    comparer: string
    version: string
    arch: string | null
    cpeContext: string | null
    flavour: string | null
  } | null
}

/** Every package of an inventory at its place, in the inventory's order. */
export async function inventoryEntries(db: Db, id: number): Promise<EntryRow[]> {
  const { rows } = await sql<EntryRow>`
    select st.set_no::int as set_no, s.kind, encode(s.hash, 'hex') as hash, e.path, p.ecosystem, n.name, p.version, p.arch, p.source_name,
      p.source_version, p.purl, p.licenses, p.skip_reason, case when u.id is null then null else jsonb_build_object(
        'space', u.space, 'lookupKey', u.lookup_key, 'comparer', u.comparer, 'version', u.version, 'arch', u.arch,
        'cpeContext', u.cpe_context, 'flavour', u.flavour) end as subject
    from inventory v cross join lateral unnest(v.set_ids) with ordinality as st (set_id, set_no)
    join package_set s on s.id = st.set_id
    cross join lateral rows from (unnest(s.package_ids), jsonb_array_elements_text(s.paths)) with ordinality as e (package_id, path, entry)
    join package p on p.id = e.package_id join name n on n.id = p.name_id left join subject u on u.id = p.subject_id
    where v.id = ${id} order by st.set_no, e.entry`.execute(db)
  return rows
}

/** Package URLs of all that an inventory holds. */
export async function inventoryPurls(db: Db, id: number): Promise<string[]> {
  const { rows } = await sql<{ purl: string }>`
    select distinct p.purl from inventory v join package_set s on s.id = any(v.set_ids) join package p on p.id = any(s.package_ids)
    where v.id = ${id}`.execute(db)
  return rows.map(({ purl }) => purl)
}

/** Vulnerabilities that had one of these ids before: the former id, and the one that they go by now. */
export async function renamedVulnerabilities(
  db: Db,
  names: readonly string[],
): Promise<{ former: string; now: string }[]> {
  const { rows } = await sql<{ former: string; now: string }>`
    select v.name as former, now.name as now from vulnerability v join vulnerability now on now.id = v.canonical_id
    where v.name = any(${names}::text[])`.execute(db)
  return rows
}
