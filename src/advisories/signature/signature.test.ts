import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { digestFromHex } from '../../core/index.ts'
import { scaled } from '../../test-support/scale.ts'
import {
  type AdvisoryRow,
  buildVulnerabilityDatabase,
  type DatabaseRows,
} from '../../test-support/vulnerability-database/index.ts'
import { openDatabaseFolder } from '../index.ts'
import { loadSignature } from './load.ts'
import { advisoriesPlace, detailsPlace, kindOf, productsPlace } from './places.ts'
import { signDatabase } from './sign.ts'
import {
  decodeSignature,
  diffSignatures,
  encodeSignature,
  type Signature,
  SignatureBuilder,
} from './signature.ts'

const root = mkdtempSync(join(tmpdir(), 'portolan-signature-'))
afterAll(() => rmSync(root, { recursive: true }))
let folders = 0

async function folderOf(rows: DatabaseRows, pageSize = 4096): Promise<string> {
  folders += 1
  const folder = join(root, String(folders))
  await buildVulnerabilityDatabase(rows, { pageSize }).writeFolder(folder)
  return folder
}

async function sign(rows: DatabaseRows, pageSize?: number): Promise<Signature> {
  return signDatabase(join(await folderOf(rows, pageSize), 'trivy.db'))
}

const rows: DatabaseRows = {
  advisories: [
    { bucket: 'debian 12', package: 'openssl', id: 'CVE-1', fixedVersion: '3.0.1' },
    { bucket: 'debian 12', package: 'openssl', id: 'CVE-2' },
    { bucket: 'debian 12', package: 'zlib', id: 'CVE-3' },
    { bucket: 'npm::A', package: 'lodash', id: 'CVE-4', vulnerableVersions: ['<4'] },
    { bucket: 'npm::B', package: 'lodash', id: 'CVE-4', vulnerableVersions: ['<5'] },
  ],
  details: [
    { id: 'CVE-1', severity: 'HIGH', title: 'one' },
    { id: 'CVE-2', severity: 'LOW' },
  ],
  dataSources: [{ bucket: 'debian 12', id: 'debian', name: 'Debian', url: 'https://example.com' }],
}
const advisories = (change: (row: AdvisoryRow) => AdvisoryRow | undefined): DatabaseRows => ({
  ...rows,
  advisories: (rows.advisories ?? []).flatMap((row) => change(row) ?? []),
})

describe('what changed', () => {
  const changesTo = async (changed: DatabaseRows) => diffSignatures(await sign(rows), await sign(changed))

  it('is nothing between equal contents, whatever their pages', async () => {
    expect(await changesTo(rows)).toEqual({ verdicts: [], details: [] })
    const many = {
      advisories: [...Array(3000).keys()].map((n) => ({ bucket: 'b', package: 'p', id: `CVE-${n}` })),
    }
    expect(diffSignatures(await sign(many), await sign(many, 16_384))).toEqual({ verdicts: [], details: [] })
  })

  it('is the place of a changed, new or gone advisory', async () => {
    const openssl = { verdicts: [advisoriesPlace('debian 12', 'openssl')], details: [] }
    const fixed = advisories((row) => (row.id === 'CVE-2' ? { ...row, fixedVersion: '9' } : row))
    expect(await changesTo(fixed)).toEqual(openssl)
    expect(await changesTo(advisories((row) => (row.id === 'CVE-2' ? undefined : row)))).toEqual(openssl)
    expect(await changesTo(advisories((row) => (row.id === 'CVE-3' ? undefined : row)))).toEqual({
      verdicts: [advisoriesPlace('debian 12', 'zlib')],
      details: [],
    })
    const added = {
      ...rows,
      advisories: [...(rows.advisories ?? []), { bucket: 'new', package: 'p', id: 'CVE-9' }],
    }
    expect(await changesTo(added)).toEqual({ verdicts: [advisoriesPlace('new', 'p')], details: [] })
  })

  it('is one place for all buckets of a prefix, and tells which of them says what', async () => {
    const lodash = { verdicts: [advisoriesPlace('npm::', 'lodash')], details: [] }
    expect(await changesTo(advisories((row) => (row.bucket === 'npm::A' ? undefined : row)))).toEqual(lodash)
    const swapped = advisories((row) =>
      row.package === 'lodash' ? { ...row, bucket: row.bucket === 'npm::A' ? 'npm::B' : 'npm::A' } : row,
    )
    expect(await changesTo(swapped)).toEqual(lodash)
    expect(advisoriesPlace('npm::A', 'lodash')).toBe(advisoriesPlace('npm::', 'lodash'))
  })

  it('is every place of a space whose data source changed', async () => {
    const dataSources = [{ bucket: 'debian 12', id: 'debian', name: 'Debian', url: 'https://other.example' }]
    const { verdicts } = await changesTo({ ...rows, dataSources })
    expect(new Set(verdicts)).toEqual(
      new Set([advisoriesPlace('debian 12', 'openssl'), advisoriesPlace('debian 12', 'zlib')]),
    )
  })

  it('is a place of its own for details', async () => {
    const details = [{ id: 'CVE-1', severity: 'LOW' as const, title: 'one' }]
    const changed = await changesTo({ ...rows, details })
    expect(changed.verdicts).toEqual([])
    expect(new Set(changed.details)).toEqual(new Set([detailsPlace('CVE-1'), detailsPlace('CVE-2')]))
  })

  it('is found in random changes, and only there', () => {
    let seed = 7
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    for (let round = 0; round < scaled(200, 5_000); round += 1) {
      const build = (contents: ReadonlyMap<string, number>): Signature => {
        const builder = new SignatureBuilder()
        for (const [name, content] of contents) {
          builder.add(name.startsWith('d') ? detailsPlace(name) : advisoriesPlace('s', name), BigInt(content))
        }
        return builder.build()
      }
      const before = new Map([...Array(random(60)).keys()].map((n) => [`${'da'[n % 2]}${n}`, random(3)]))
      const after = new Map(
        [...before]
          .filter(() => random(5) > 0)
          .map(([name, content]) => [name, random(6) > 0 ? content : content + 1]),
      )
      after.set(`a${random(100)}`, 9)
      const names = [...new Set([...before.keys(), ...after.keys()])]
      const changed = names.filter((name) => before.get(name) !== after.get(name))
      const { verdicts, details } = diffSignatures(build(before), build(after))
      const places = (kind: string) => changed.filter((name) => name.startsWith(kind))
      expect(new Set(verdicts)).toEqual(new Set(places('a').map((name) => advisoriesPlace('s', name))))
      expect(new Set(details)).toEqual(new Set(places('d').map(detailsPlace)))
    }
  })
})

it('tells kinds of places apart', () => {
  expect(kindOf(advisoriesPlace('a', 'b'))).toBe('advisories')
  expect(kindOf(detailsPlace('a'))).toBe('details')
  expect(kindOf(productsPlace('repository/a'))).toBe('products')
})

describe('the file of a signature', () => {
  const digest = digestFromHex('ab'.repeat(32))

  it('is read back as it was written', async () => {
    const signature = await sign(rows)
    expect(decodeSignature(digest, encodeSignature(digest, signature))).toEqual(signature)
    const empty = new SignatureBuilder().build()
    expect(decodeSignature(digest, encodeSignature(digest, empty))).toEqual(empty)
  })

  it('is refused when any byte of it is wrong, missing or too many, or when it is another database’s', async () => {
    const bytes = encodeSignature(digest, await sign(rows))
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ 1
      expect(decodeSignature(digest, damaged)).toBeUndefined()
      expect(decodeSignature(digest, bytes.subarray(0, at))).toBeUndefined()
    }
    expect(decodeSignature(digest, Buffer.concat([bytes, Buffer.alloc(16)]))).toBeUndefined()
    expect(decodeSignature(digestFromHex('cd'.repeat(32)), bytes)).toBeUndefined()
  })

  it('is made beside the database, used, and made anew when damaged', async () => {
    const folder = await folderOf(rows)
    const { digest: own } = openDatabaseFolder(folder)
    const made = await loadSignature(folder, own)
    expect(made).toEqual(signDatabase(join(folder, 'trivy.db')))
    const path = join(folder, 'signature')
    const written = readFileSync(path)
    rmSync(join(folder, 'trivy.db'))
    expect(await loadSignature(folder, own)).toEqual(made)
    await buildVulnerabilityDatabase(rows).writeFolder(folder)
    writeFileSync(path, written.subarray(0, -1))
    expect(await loadSignature(folder, own)).toEqual(made)
    expect(readFileSync(path)).toEqual(written)
  })

  it('says that a database is damaged', async () => {
    const folder = await folderOf(rows)
    writeFileSync(join(folder, 'trivy.db'), 'nothing of the kind')
    await expect(loadSignature(folder, digest)).rejects.toMatchObject({ code: 'database-corrupt' })
  })
})
