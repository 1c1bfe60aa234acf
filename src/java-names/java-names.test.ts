import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { databaseStatus, importDatabase } from '../advisories/index.ts'
import { systemClock } from '../core/index.ts'
import { buildJavaDatabase, type JavaNameRow } from '../test-support/java-database/index.ts'
import { buildVulnerabilityDatabase } from '../test-support/vulnerability-database/index.ts'
import { createJavaNamesInUse, javaDatabase, type JavaNames, openJavaNames } from './index.ts'

const sha1 = 'ab'.repeat(20)
const rows: readonly JavaNameRow[] = [
  { group: 'org.acme', artifact: 'lib', version: '1.0', sha1 },
  { group: 'com.few', artifact: 'common', version: '1.0' },
  { group: 'org.many', artifact: 'common', version: '1.0' },
  { group: 'org.many', artifact: 'common', version: '2.0' },
  { group: 'b.tie', artifact: 'tied', version: '1.0' },
  { group: 'a.tie', artifact: 'tied', version: '1.0' },
  { group: 'org.acme', artifact: 'web', version: '1.0', type: 'war' },
]

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'portolan-java-names-'))
  return () => rmSync(home, { recursive: true, force: true })
})

async function opened(content: readonly JavaNameRow[] = rows): Promise<JavaNames> {
  await buildJavaDatabase(content).writeFolder(join(home, 'folder'))
  return openJavaNames(join(home, 'folder'))
}

describe('the Java database', () => {
  it('knows an archive by its bytes', async () => {
    const names = await opened()
    expect(names.bySha1(sha1)).toEqual({ group: 'org.acme', artifact: 'lib', version: '1.0' })
    expect(names.bySha1('cd'.repeat(20))).toBeUndefined()
    expect(names.bySha1('')).toBeUndefined()
    names.close()
  })

  it('knows whether a group published an artifact', async () => {
    const names = await opened()
    expect(names.exists('org.acme', 'lib')).toBe(true)
    expect(names.exists('org.acme', 'common')).toBe(false)
    expect(names.exists("' or 1=1 --", 'lib')).toBe(false)
    names.close()
  })

  it('takes the group with most versions of those that published this one, the first by name of equal ones', async () => {
    const names = await opened()
    expect(names.groupOf('common', '1.0')).toBe('org.many')
    expect(names.groupOf('common', '2.0')).toBe('org.many')
    expect(names.groupOf('common', '3.0')).toBeUndefined()
    expect(names.groupOf('tied', '1.0')).toBe('a.tie')
    expect(names.groupOf('web', '1.0')).toBeUndefined()
    names.close()
  })

  it('has a digest by its content where it has no artifact', async () => {
    const digests: string[] = []
    for (const content of [rows, rows, rows.slice(1)]) {
      const names = await opened(content)
      digests.push(names.digest)
      names.close()
    }
    expect(digests[0]).toBe(digests[1])
    expect(digests[0]).not.toBe(digests[2])
  })
})

describe('a folder of Java databases', () => {
  const importRows = async (content: readonly JavaNameRow[]): Promise<void> => {
    const path = join(home, 'layer.tar.gz')
    writeFileSync(path, buildJavaDatabase(content).layer)
    await importDatabase({ kind: javaDatabase, dir: home, path, clock: systemClock })
  }

  it('is empty at first, then the newest is in use, while the one before stays readable', async () => {
    const inUse = createJavaNamesInUse(home)
    expect(inUse.get()).toBeNull()
    await importRows(rows)
    const first = inUse.get()
    expect(inUse.get()).toBe(first)
    expect(first?.digest).toBe(databaseStatus(home, systemClock, javaDatabase).digest)
    await importRows(rows.slice(1))
    const second = inUse.get()
    expect(second?.digest).not.toBe(first?.digest)
    expect([first?.exists('org.acme', 'lib'), second?.exists('org.acme', 'lib')]).toEqual([true, false])
    inUse.close()
  })

  it('with a broken one keeps what was in use', async () => {
    await importRows(rows)
    const inUse = createJavaNamesInUse(home)
    const first = inUse.get()
    await importRows(rows.slice(1))
    const { digest } = databaseStatus(home, systemClock, javaDatabase)
    writeFileSync(join(home, String(digest).slice('sha256:'.length), 'trivy-java.db'), 'broken')
    expect(inUse.get()).toBe(first)
    inUse.close()
  })
})

describe('what is no Java database', () => {
  const imported = async (file: string, content: Uint8Array): Promise<unknown> => {
    const path = join(home, 'layer')
    await buildJavaDatabase([]).writeFolder(path)
    writeFileSync(join(path, file), content)
    return importDatabase({
      kind: javaDatabase,
      dir: join(home, 'databases'),
      path,
      clock: systemClock,
    }).catch((error: unknown) => error)
  }

  it('is refused by what it holds', async () => {
    const other = join(home, 'other.db')
    const db = new DatabaseSync(other)
    db.exec('create table artifacts (id integer primary key)')
    db.close()
    for (const content of [Buffer.from('text'), readFileSync(other), Buffer.from('SQLite format 3\0')]) {
      expect(await imported('trivy-java.db', content)).toMatchObject({ code: 'database-corrupt' })
    }
  })

  it('is refused by its schema version', async () => {
    const metadata = buildJavaDatabase([], { version: 2 }).metadata
    expect(await imported('metadata.json', Buffer.from(metadata))).toMatchObject({
      code: 'database-version-unsupported',
      publicMessage: 'The Java database has schema version 2; this Portolan reads version 1.',
    })
  })

  it('is refused by the names in its layer', async () => {
    const path = join(home, 'layer.tar.gz')
    writeFileSync(path, buildVulnerabilityDatabase({}).layer)
    const refused = importDatabase({ kind: javaDatabase, dir: home, path, clock: systemClock })
    await expect(refused).rejects.toMatchObject({ code: 'database-layer-invalid' })
  })
})
