import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { diffSignatures, openDatabaseFolder, type Place } from '../../src/advisories/index.ts'
import { signDatabase } from '../../src/advisories/signature/sign.ts'
import { createBuiltInMatcher } from '../../src/app/engine.ts'
import type { Subject } from '../../src/inventory/index.ts'
import { placesOf } from '../../src/matching/places.ts'
import { seeded } from '../../src/test-support/fake-api/random.ts'
import { scaled } from '../../src/test-support/scale.ts'
import {
  type AdvisoryRow,
  buildVulnerabilityDatabase,
  type DatabaseRows,
} from '../../src/test-support/vulnerability-database/index.ts'

/**
 * Whatever changes in a database: a subject none of whose places changed has the verdict that it had. What re-match on change leaves
 * alone may be left alone.
 */
const folder = mkdtempSync(join(tmpdir(), 'portolan-places-'))
afterAll(() => rmSync(folder, { recursive: true }))
const random = seeded(Number(process.env['PORTOLAN_TEST_SEED'] ?? 1))
const below = (limit: number): number => Math.floor(random() * limit)
const one = <T>(items: readonly [T, ...T[]]): T => items[below(items.length)] ?? items[0]

const subject = (
  comparer: string,
  space: string,
  lookupKey: string,
  version: string,
  more: Partial<Subject> = {},
): Subject => ({
  comparer,
  space,
  lookupKey,
  version,
  arch: null,
  cpeContext: null,
  flavour: null,
  ...more,
})
const names = ['a', 'b', 'c'] as const
const repositories = ['rhel-8-baseos', 'rhel-8-appstream', 'rhel-9-baseos'] as const
const subjects: readonly Subject[] = names.flatMap((name) => [
  subject('dpkg', 'debian 12', name, '1.5-1'),
  subject('dpkg', 'root.io debian 12\ndebian 12', name, '1.5-1'),
  subject('dpkg', 'seal\ndebian 12', `seal-${name}\n${name}`, '1.5-1'),
  subject('apk', 'alpine 3.18', name, '1.5-r1'),
  subject('npm', 'npm::', name, '1.5.0'),
  subject('rpm', 'rocky 8', name, '1.5-1', { arch: 'x86_64' }),
  ...[[repositories[0]], [repositories[0], repositories[1]], [repositories[2]]].map((some) =>
    subject('rpm', 'Red Hat', name, '1.5-1', {
      arch: 'x86_64',
      cpeContext: JSON.stringify([...some.map((each) => `repository/${each}`), 'nvr/ubi8-8.7-x86_64']),
    }),
  ),
])

function row(bucket: string): AdvisoryRow {
  const id = `CVE-2024-${below(6)}`
  const name = bucket === 'seal' ? `seal-${one(names)}` : one(names)
  const fixedVersion = `1.${below(10)}-1`
  if (bucket.startsWith('npm::'))
    return { bucket, package: name, id, vulnerableVersions: [`<1.${below(10)}.0`] }
  if (bucket === 'rocky 8')
    return { bucket, package: name, id, entries: [{ fixedVersion, arches: ['x86_64'] }] }
  if (bucket !== 'Red Hat') return { bucket, package: name, id, fixedVersion }
  return {
    bucket,
    package: name,
    id,
    entries: [{ fixedVersion, cpes: [below(4)], cves: [{ severity: 'HIGH' }] }],
  }
}

const buckets = [
  'debian 12',
  'root.io debian 12',
  'seal',
  'alpine 3.18',
  'npm::A',
  'npm::B',
  'rocky 8',
  'Red Hat',
] as const

function change(rows: Required<Pick<DatabaseRows, 'advisories' | 'cpes' | 'dataSources'>>) {
  const advisories = rows.advisories.filter(() => random() > 0.05)
  while (advisories.length < 60) advisories.push(row(one(buckets)))
  const unique = new Map(advisories.map((each) => [`${each.bucket} ${each.package} ${each.id}`, each]))
  const cpes = [
    ...repositories.map((name) => ({ kind: 'repository' as const, name })),
    { kind: 'nvr' as const, name: 'ubi8-8.7-x86_64' },
  ].map((each) => {
    const before = rows.cpes.find(({ name }) => name === each.name)
    return before !== undefined && random() > 0.2 ? before : { ...each, cpes: [below(4)] }
  })
  const dataSources = buckets.map((bucket) => {
    const before = rows.dataSources.find((each) => each.bucket === bucket)
    return before !== undefined && random() > 0.1
      ? before
      : { bucket, id: 'source', name: `Source ${below(9)}`, url: 'https://example.com' }
  })
  return { advisories: [...unique.values()], cpes, dataSources }
}

async function open(rows: DatabaseRows, number: number) {
  const path = join(folder, String(number))
  await buildVulnerabilityDatabase(rows).writeFolder(path)
  const database = openDatabaseFolder(path)
  const { match } = createBuiltInMatcher(database)
  const verdicts = subjects.map((each) => JSON.stringify(match(each)))
  database.close()
  const signature = signDatabase(join(path, 'trivy.db'))
  rmSync(path, { recursive: true })
  return { verdicts, signature }
}

it(`a verdict changes only where a place changed, in ${scaled(60, 3_000)} random changes`, {
  timeout: scaled(60_000, 1_800_000),
}, async () => {
  let rows = change({ advisories: [], cpes: [], dataSources: [] })
  let before = await open(rows, 0)
  const tally = { left: 0, changed: 0 }
  for (let number = 1; number <= scaled(60, 3_000); number += 1) {
    rows = change(rows)
    const after = await open(rows, number)
    const changed = new Set<Place>(diffSignatures(before.signature, after.signature).verdicts)
    for (const [index, each] of subjects.entries()) {
      const { space, lookupKey, cpeContext } = each
      const isStale = placesOf({ space, lookup_key: lookupKey, cpe_context: cpeContext }).some((place) =>
        changed.has(place),
      )
      if (isStale) continue
      tally.left += 1
      expect(after.verdicts[index], JSON.stringify(each)).toBe(before.verdicts[index])
    }
    tally.changed += subjects.filter((_, index) => after.verdicts[index] !== before.verdicts[index]).length
    before = after
  }
  expect(tally.left).toBeGreaterThan(100)
  expect(tally.changed).toBeGreaterThan(100)
})
