import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { advisoriesPlace, detailsPlace } from '../advisories/index.ts'
import type { Subject } from '../inventory/index.ts'
import { saveInventory } from '../inventory/sql.ts'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import {
  changeTo,
  digestOfText,
  emptyDatabase,
  openMatcher,
  rowsOf,
  testInventory,
  type Verdict,
} from '../test-support/domain/index.ts'
import { scaled } from '../test-support/scale.ts'
import { setsHolding } from './counts/store.ts'
import { prepare, writeVerdicts } from './rematch.ts'
import {
  changeDatabase,
  currentGeneration,
  drainDetails,
  drainStale,
  foldSetCounts,
  markChanged,
  matchInventory,
  type OpenMatcher,
  outdateMatchers,
  recountSets,
} from './sql.ts'
import { staleSubjects } from './store.ts'

const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const

const seedOf = (text: string): number =>
  [...text].reduce((sum, character) => sum * 31 + character.charCodeAt(0), 7)

/** The database that brought what `database` says of a name: each changes a third of them. */
function lastChange(database: number, lookupKey: string): number {
  return database - ((database + seedOf(lookupKey)) % 3)
}

/** What a database says of a subject: differs from change to change in what, how bad, and how fixed. */
function verdicts(database: number, { lookupKey, version }: Subject): Verdict[] {
  const number = lastChange(database, lookupKey)
  const seed = seedOf(`${lookupKey}@${version}`)
  return [0, 1, 2]
    .filter((index) => (seed + index * number) % 3 !== 0)
    .map((index) => ({
      id: `CVE-2024-${index}`,
      severity: severities[(seed + number + index) % 4] ?? 'LOW',
      fixedVersion: (seed + number) % 2 === 0 ? `${number}` : '',
    }))
}
const opened = new Map<number, OpenMatcher>()

/** The same object for the same database, as a process has it open. */
function open(number: number): OpenMatcher {
  const known = opened.get(number) ?? openMatcher(number, (subject) => verdicts(number, subject))
  opened.set(number, known)
  return known
}

function changesFrom(number: number, names: readonly string[]) {
  const places = names.map((name) => advisoriesPlace('test 1', name))
  return { since: open(number).database.digest, verdicts: places, details: [] }
}

interface Stored {
  readonly lookup_key: string
  readonly version: string
  readonly matches: string[] | null
}

/** Every open match beside what the database in use says. */
async function wrong(db: Database, number: number): Promise<string[]> {
  const rows = await rowsOf<Stored>(
    db,
    `select s.lookup_key, s.version, (
       select array_agg(v.name || ' ' || m.severity || ' ' || m.fixed_version order by v.name)
       from match m join vulnerability v on v.id = m.vulnerability_id where m.subject_id = s.id and m.gone_generation is null) as matches
     from subject s where s.matched_generation >= (select floor from db_current)`,
  )
  return rows.flatMap(({ lookup_key: lookupKey, version, matches }) => {
    const subject = { lookupKey, version } as Subject
    const right = verdicts(number, subject).map(
      (verdict) =>
        `${verdict.id} ${severities.indexOf(verdict.severity as 'LOW') + 1} ${verdict.fixedVersion ?? ''}`,
    )
    const stored = matches ?? []
    return JSON.stringify(stored) === JSON.stringify(right)
      ? []
      : [`${lookupKey}: ${stored} instead of ${right}`]
  })
}

eachDatabase((_name, openDb) => {
  let db: Database
  const context = () => ({ db, observer: async () => undefined })
  const add = async (image: string, ...packages: string[]) =>
    saveInventory(db, {
      manifest: digestOfText(image),
      indexerKey: 'test',
      inventory: testInventory(packages),
    })
  /** Everything that is stale, for whatever cause. */
  const staleNow = async (limit: number) => {
    const options = { visible: false, after: undefined, limit }
    const changed = await staleSubjects(db.lane('bulk'), { ...options, cause: 'changed' })
    return [...changed, ...(await staleSubjects(db.lane('bulk'), { ...options, cause: 'outdated' }))]
  }
  beforeAll(async () => {
    db = await openDb()
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    opened.clear()
  })

  it('matches an inventory once, and everything again with another database', async () => {
    await changeDatabase(db, changeTo(open(1)))
    const { id, setIds } = await add('a', 'zlib@1', 'openssl@3')
    expect(await matchInventory(context(), open(1), id)).toBe('current')
    expect(await wrong(db, 1)).toEqual([])
    await recountSets(db, setIds)
    const counted = await rowsOf<{ n: number }>(db, 'select sum(n)::int as n from set_count')
    expect(counted).toEqual(
      await rowsOf(db, 'select count(*)::int as n from match where gone_generation is null'),
    )

    expect(await changeDatabase(db, changeTo(open(1)))).toBeUndefined()
    await changeDatabase(db, changeTo(open(2)))
    expect((await currentGeneration(db))?.digest).toBe(open(2).database.digest)
    expect(await drainStale(context(), open(1))).toBe('superseded')
    expect(await drainStale(context(), open(2))).toBe('current')
    expect(await wrong(db, 2)).toEqual([])
    while ((await foldSetCounts(db)) > 0);
    expect(await rowsOf(db, 'select sum(n)::int as n from set_count')).toEqual(
      await rowsOf(db, 'select count(*)::int as n from match where gone_generation is null'),
    )
  })

  it('keeps the counts of sets true, whatever is counted between the changes', async () => {
    let state = 20
    const random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
    await changeDatabase(db, changeTo(open(1)))
    const images = [['zlib@1', 'openssl@3'], ['openssl@3', 'openssl@4'], ['zlib@1'], ['zlib@2', 'openssl@4']]
    for (let round = 1; round <= 12; round += 1) {
      const use = open(1 + Math.floor(random() * 3))
      await changeDatabase(db, changeTo(use))
      const { id, setIds } = await add(
        `image ${round}`,
        ...(images[round % images.length] ?? []),
        `own@${round}`,
      )
      if (random() < 0.5) await drainStale(context(), use)
      await matchInventory(context(), use, id)
      if (random() < 0.7) await foldSetCounts(db)
      await recountSets(db, setIds)
      if (random() < 0.5) await foldSetCounts(db)
    }
    for (const number of [4, 5, 6, 7]) {
      await changeDatabase(db, changeTo(open(number)))
      expect(await drainStale(context(), open(number))).toBe('current')
    }
    while ((await foldSetCounts(db)) > 0);
    const counted = await rowsOf(
      db,
      'select set_id, severity, n, fixable from set_count order by set_id, severity',
    )
    expect(counted.length).toBeGreaterThan(0)
    expect(counted).toEqual(
      await rowsOf(
        db,
        `select s.id as set_id, m.severity, count(*)::int as n, (count(*) filter (where m.fixed_version <> ''))::int as fixable
         from package_set s cross join lateral unnest(s.package_ids) as e (package_id) join package p on p.id = e.package_id
         join match m on m.subject_id = p.subject_id and m.gone_generation is null
         group by s.id, m.severity order by s.id, m.severity`,
      ),
    )
  })

  it('matches again only what changed, when the change says what', async () => {
    await changeDatabase(db, changeTo(open(1)))
    await add('a', 'zlib@1', 'openssl@3', 'openssl@4')
    await drainStale(context(), open(1))
    await changeDatabase(db, changeTo(open(2), changesFrom(1, ['openssl'])))
    await markChanged(db)
    const stale = await staleNow(10)
    expect(stale.map((subject) => subject.lookup_key)).toEqual(['openssl', 'openssl'])
    await drainStale(context(), open(2))
    const current = await rowsOf(
      db,
      `select lookup_key, version from subject where matched_generation = (select generation from db_current) order by version`,
    )
    expect(current).toEqual([
      { lookup_key: 'openssl', version: '3' },
      { lookup_key: 'openssl', version: '4' },
    ])
  })

  it('matches everything again when the change was told of another database than the one in use', async () => {
    await changeDatabase(db, changeTo(open(1)))
    await add('a', 'zlib@1')
    await drainStale(context(), open(1))
    await changeDatabase(db, changeTo(open(2), changesFrom(7, [])))
    await markChanged(db)
    expect(await staleNow(10)).toHaveLength(1)
  })

  it('matches again what another version of the matcher matched', async () => {
    await changeDatabase(db, changeTo(open(1)))
    await add('a', 'zlib@1')
    await drainStale(context(), open(1))
    await outdateMatchers(db, { test: 1, other: 5 })
    expect(await staleNow(10)).toEqual([])
    await outdateMatchers(db, { test: 2 })
    expect(await staleNow(10)).toHaveLength(1)
  })

  it('keeps a data source whose base is new: the severity follows from the details of that base', async () => {
    const supplied = (
      number: number,
      baseId: string | undefined,
      vendorSeverity: { debian?: 'HIGH' },
    ): OpenMatcher => {
      const { database, matcher, versions } = openMatcher(number, () => [
        { id: 'CVE-2024-1', severity: 'LOW' },
      ])
      const details = (id: string) => {
        const known = database.details(id)
        return known && { ...known, severity: 'LOW' as const, vendorSeverity }
      }
      const dataSource = {
        id: 'rootio',
        name: 'Root.io',
        url: '',
        ...(baseId === undefined ? {} : { baseId }),
      }
      const match = (subject: Subject) => matcher.match(subject).map((each) => ({ ...each, dataSource }))
      return { matcher: { ...matcher, match }, database: { ...database, details }, versions }
    }
    const [before, based, worse] = [
      supplied(1, undefined, {}),
      supplied(2, 'debian', {}),
      supplied(3, 'debian', { debian: 'HIGH' }),
    ]
    await add('a', 'zlib@1')
    await changeDatabase(db, changeTo(before))
    await drainStale(context(), before)
    await changeDatabase(db, changeTo(based))
    await drainStale(context(), based)
    expect(await rowsOf(db, `select data_source ->> 'baseId' as base from match`)).toEqual([
      { base: 'debian' },
    ])
    const details = { since: based.database.digest, verdicts: [], details: [detailsPlace('CVE-2024-1')] }
    await changeDatabase(db, changeTo(worse, details))
    await markChanged(db)
    await drainDetails(context(), worse)
    expect(await rowsOf(db, 'select severity, severity_source from match')).toEqual([
      { severity: 3, severity_source: 'debian' },
    ])
  })

  it('keeps what it knew of subjects whose ecosystem has gone', async () => {
    await changeDatabase(db, changeTo(open(1)))
    await add('a', 'zlib@1')
    await drainStale(context(), open(1))
    const before = await rowsOf(db, 'select vulnerability_id, gone_generation from match order by 1')
    await changeDatabase(db, changeTo(open(2)))
    const { createMatcher } = await import('./index.ts')
    const without = {
      ...open(2),
      matcher: { ...createMatcher({ plugins: [], database: open(2).database }), engine: 'portolan' },
    }
    expect(await drainStale(context(), without)).toBe('current')
    expect(await rowsOf(db, 'select vulnerability_id, gone_generation from match order by 1')).toEqual(before)
  })

  it('uses the GIN index to find the sets of many packages', async () => {
    await changeDatabase(db, changeTo(open(1)))
    await add('a', 'zlib@1')
    await db.execute(
      `insert into package_set (hash, kind, package_ids, paths)
       select decode(md5(n::text) || md5('x' || n), 'hex'), 'os', array(select (n * 7 + k * 31) % 90000 + 1000 from generate_series(1, 80) k), '[]'
       from generate_series(1, $1::int) n`,
      [3_000],
    )
    await db.execute('analyze package_set')
    const packages = Array.from({ length: 100 }, (_, index) => 1_000 + index * 800)
    const { rows } = await sql`explain ${setsHolding(packages)}`.execute(db.lane('bulk'))
    expect(JSON.stringify(rows)).toContain('package_set_packages')
  })

  it('looks for the matches of a subject where its key begins, before there are statistics', async () => {
    await db.execute(
      `with named as (insert into vulnerability (name) select 'CVE-2026-' || n from generate_series(1, 1000) n returning id),
       used as (
         insert into subject (key_hash, space, lookup_key, comparer, version)
         select decode(md5('m' || n), 'hex'), 'debian 12', 'source-' || n, 'dpkg', '1' from generate_series(1, $1::int) n returning id)
       insert into match (subject_id, engine, vulnerability_id, severity, severity_source, status, fixed_version, first_generation)
       select used.id, 'test', named.id, 1, 'nvd', 'affected', '', 1 from used join named on (named.id + used.id) % 500 = 0`,
      [10_000],
    )
    const plan = await db.execute(
      'explain select severity, fixed_version from match where subject_id = $1 and gone_generation is null',
      [1],
    )
    expect(JSON.stringify(plan)).toContain('match_pkey')
  })

  /**
   * Matchers with old and new databases open, changes of the database, and new subjects, in every order that chance gives.
   * What is matched by the database in use must always be what that database says.
   */
  it(`leaves no stale match in ${scaled(60, 1_000)} random interleavings`, { timeout: 600_000 }, async () => {
    let seed = 20_260_101
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    const names = [...Array(30).keys()].map((index) => `p${index}`)
    let current = 1
    let superseded = 0
    await changeDatabase(db, changeTo(open(current)))
    for (let round = 0; round < scaled(60, 1_000); round += 1) {
      const prepared: ReturnType<typeof prepare>[] = []
      const steps = Array.from({ length: 6 }, () => async (): Promise<void> => {
        const step = random(5)
        if (step === 0)
          await add(
            `image ${round} ${random(1e9)}`,
            `p${random(30)}@${random(3)}`,
            `p${random(30)}@${random(3)}`,
          )
        if (step === 1) {
          current += 1
          const changed = names.filter((name) => lastChange(current - 1, name) !== lastChange(current, name))
          const partly = random(3) > 0 ? changesFrom(current - 1, changed) : 'all'
          await changeDatabase(db, changeTo(open(current), partly))
        }
        if (step === 4) await markChanged(db)
        if (step === 2) {
          const subjects = await staleNow(20)
          prepared.push(prepare(open(Math.max(1, current - random(2))), subjects))
        }
        const ready = step === 3 ? prepared.shift() : undefined
        if (ready !== undefined && (await writeVerdicts(context(), ready)) === 'superseded') superseded += 1
      })
      // Half of the rounds one after the other, half at once.
      if (round % 2 === 0) for (const step of steps) await step()
      else await Promise.all(steps.map((step) => step()))
      for (const ready of prepared)
        if ((await writeVerdicts(context(), ready)) === 'superseded') superseded += 1
      const [inUse] = await rowsOf<{ hex: string }>(
        db,
        `select encode(g.digest, 'hex') as hex from db_current c join db_generation g on g.id = c.generation`,
      )
      current = Number.parseInt(inUse?.hex ?? '0', 16)
      await markChanged(db)
      expect(await wrong(db, current)).toEqual([])
    }
    expect(superseded).toBeGreaterThan(0)
    while ((await drainStale(context(), open(current))) === 'superseded');
    expect(await wrong(db, current)).toEqual([])
    expect(await staleNow(10)).toEqual([])
  })
})
