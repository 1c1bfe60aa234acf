import type { Database } from '../../src/platform/db/index.ts'
import { LIBRARY_NAMES, OS_NAMES, spaces } from './shape.ts'

const IMAGES_OF_REPOSITORY = 20
const OS_PACKAGES = 220
const LIBRARIES = 80

/** How much there is of what; grows with the images. */
export interface Amounts {
  readonly images: number
  readonly bases: number
  readonly repositories: number
  readonly osVersions: number
  readonly osPackages: number
  readonly libraries: number
  readonly appSets: number
}

export function amountsOf(images: number): Amounts {
  const osVersions = Math.max(1, Math.round(images / 12_500))
  return {
    images,
    bases: 2_000,
    repositories: Math.ceil(images / IMAGES_OF_REPOSITORY),
    osVersions,
    osPackages: spaces.length * OS_NAMES * osVersions,
    libraries: Math.max(10_000, Math.round(images * 2.8)),
    appSets: Math.ceil(images / IMAGES_OF_REPOSITORY) * 8,
  }
}

/**
 * Stored images as discovery and scans leave them, never matched: 300 packages each, 220 of one of 2,000 bases and 80 libraries; the
 * versions of a repository share most of theirs.
 */
function statements(amounts: Amounts): string[] {
  const { images, bases, repositories, osVersions, osPackages, libraries, appSets } = amounts
  const hash = (kind: string, of = 'n'): string =>
    `decode(md5('${kind}' || ${of}) || md5('${kind}2' || ${of}), 'hex')`
  const spaceArray = `array[${spaces.map((space) => `'${space}'`).join(',')}]`
  const ofOne = OS_NAMES * osVersions
  return [
    `insert into org_settings (org_id) values ('one')`,
    `insert into name (ecosystem, name) select 'dpkg', 'package-' || n from generate_series(0, ${OS_NAMES - 1}) n`,
    `insert into name (ecosystem, name) select 'npm', 'library-' || n from generate_series(0, ${LIBRARY_NAMES - 1}) n`,
    `insert into subject (key_hash, space, lookup_key, comparer, version)
       select ${hash('s')}, (${spaceArray})[(n - 1) / ${ofOne} + 1], 'source-' || ((n - 1) % ${ofOne}) / ${osVersions}, 'dpkg',
         '1.' || (n * 31) % 100 || '-1' from generate_series(1, ${osPackages}) n`,
    `insert into subject (key_hash, space, lookup_key, comparer, version)
       select ${hash('l')}, 'npm::', 'library-' || n % ${LIBRARY_NAMES}, 'npm', '1.' || n % 97 || '.' || n from generate_series(1, ${libraries}) n`,
    `insert into package (key_hash, subject_id, ecosystem, name_id, version, purl)
       select ${hash('p', 's.id')}, s.id, s.comparer, n.id, s.version, 'pkg:generic/' || s.lookup_key || '@' || s.version
       from subject s join name n on n.ecosystem = s.comparer and n.name = replace(s.lookup_key, 'source-', 'package-')`,
    `insert into package_set (hash, kind, package_ids, paths)
       select ${hash('o')}, 'os', array(
         select distinct (n % 10) * ${ofOne} + ((n * 13 + k * 17) % ${OS_NAMES}) * ${osVersions} + (n * 7 + k) % ${osVersions} + 1
         from generate_series(0, ${OS_PACKAGES - 1}) k order by 1), '[]'
       from generate_series(1, ${bases}) n`,
    `insert into package_set (hash, kind, package_ids, paths)
       select ${hash('a')}, 'language', ids, (select jsonb_agg('app/node_modules/' || i || '/package.json') from unnest(ids) i)
       from (select n, array(select distinct ${osPackages} + (((n / 8)::bigint * 97 + (n % 8) * 10 + k) * 7919) % ${libraries} + 1
         from generate_series(1, ${LIBRARIES}) k order by 1)::int[] as ids from generate_series(1, ${appSets}) n) s`,
    `insert into repository (org_id, host, path) select 'one', 'registry.test', 'team-' || n % 100 || '/service-' || n from generate_series(1, ${repositories}) n`,
    `insert into inventory (manifest_digest, indexer_key, os, set_ids, layers, attribution)
       select ${hash('m')}, 'bench', '{}', array[(n / ${IMAGES_OF_REPOSITORY}) % ${bases} + 1, ${bases} + (n / ${IMAGES_OF_REPOSITORY}) * 8 + n % 8 + 1], '[]', '[]'
       from generate_series(0, ${images - 1}) n`,
    `insert into image (org_id, repository_id, digest, kind, lifecycle, selected, scan_status)
       select 'one', (id - 1) / ${IMAGES_OF_REPOSITORY} + 1, manifest_digest, 'image', case when id % ${IMAGES_OF_REPOSITORY} = 0 then 'Latest' else 'Outdated' end, true, 'Completed'
       from inventory order by id`,
    `insert into image_platform (image_id, manifest_digest, platform, inventory_id)
       select i.id, i.digest, 'linux/amd64', v.id from image i join inventory v on v.manifest_digest = i.digest`,
  ]
}

const TABLES = [
  'subject',
  'package',
  'package_set',
  'inventory',
  'image',
  'image_platform',
  'repository',
  'repository_package',
]

/** Fills an empty database. */
export async function fill(database: Database, amounts: Amounts): Promise<void> {
  for (const statement of statements(amounts)) await database.execute(statement)
  for (const table of TABLES) await database.execute(`analyze ${table}`)
  const step = 250
  for (let from = 1; from <= amounts.repositories; from += step) {
    await database.execute(`
      insert into repository_package (repository_id, package_id, since, org_id, scope, image_count)
      select i.repository_id, entry.package_id, now(), 'one', 3, count(*)
      from image i join image_platform p on p.image_id = i.id join inventory v on v.id = p.inventory_id
      cross join lateral unnest(v.set_ids) as held (set_id) join package_set s on s.id = held.set_id cross join lateral unnest(s.package_ids) as entry (package_id)
      where i.repository_id between ${from} and ${from + step - 1} group by 1, 2`)
  }
  for (const table of TABLES) await database.execute(`analyze ${table}`)
  await database.maintain()
}
