import { randomBytes, randomUUID } from 'node:crypto'
import { beforeAll, expect, it } from 'vitest'
import { Secret, systemClock } from '../../core/index.ts'
import { eachDatabase } from '../../test-support/databases/index.ts'
import { type Database, inTransaction } from '../db/index.ts'
import { createVault, type Keyring, keyringOf, type Vault } from './index.ts'

const newKeyring = (): Keyring => keyringOf([new Secret(randomBytes(32))])

async function revealed(vault: Vault, orgId: string, ownerId: string): Promise<Record<string, string>> {
  const fields = await vault.open(orgId, ownerId)
  return Object.fromEntries(Object.entries(fields).map(([name, secret]) => [name, secret.reveal()]))
}

eachDatabase((_name, open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  const vaultWith = (keyring: Keyring): Vault => createVault(database, keyring, systemClock)

  it('gives back what was sealed, and what was sealed last', async () => {
    const vault = vaultWith(newKeyring())
    const owner = randomUUID()
    await vault.seal('a', owner, { password: new Secret('hunter2 🔑'), username: new Secret('') })
    expect(await revealed(vault, 'a', owner)).toEqual({ password: 'hunter2 🔑', username: '' })
    expect(await vault.names('a', owner)).toEqual(['password', 'username'])
    await vault.seal('a', owner, { token: new Secret('t') })
    expect(await revealed(vault, 'a', owner)).toEqual({ token: 't' })
    await vault.remove('a', owner)
    await expect(vault.open('a', owner)).rejects.toMatchObject({ code: 'credential-not-found' })
    expect(await vault.names('a', owner)).toEqual([])
  })

  it('keeps nothing readable in the database', async () => {
    const vault = vaultWith(newKeyring())
    const owner = randomUUID()
    await vault.seal('a', owner, { password: new Secret('plain-as-day') })
    const rows = await database.execute('select * from credential where owner_id = $1', [owner])
    const stored = JSON.stringify(rows, (_key, value: unknown) =>
      Buffer.isBuffer(value) ? value.toString('latin1') : value,
    )
    expect(stored).not.toContain('plain-as-day')
    expect(rows).toHaveLength(1)
  })

  it('shows an organisation nothing of another, and lets it overwrite nothing', async () => {
    const vault = vaultWith(newKeyring())
    const owner = randomUUID()
    await vault.seal('a', owner, { password: new Secret('of a') })
    await expect(vault.open('b', owner)).rejects.toMatchObject({ code: 'credential-not-found' })
    await expect(vault.seal('b', owner, { password: new Secret('of b') })).rejects.toThrow(
      'another organisation',
    )
    await vault.remove('b', owner)
    expect(await revealed(vault, 'a', owner)).toEqual({ password: 'of a' })
  })

  it('does not open what was moved to another owner or changed by a bit', async () => {
    const vault = vaultWith(newKeyring())
    const [victim, thief] = [randomUUID(), randomUUID()]
    await vault.seal('a', victim, { password: new Secret('stolen') })
    await vault.seal('b', thief, { password: new Secret('own') })
    await database.execute(
      `update credential t set (sealed, wrapped_key) = (select sealed, wrapped_key from credential v where v.owner_id = $1)
       where t.owner_id = $2`,
      [victim, thief],
    )
    await expect(vault.open('b', thief)).rejects.toMatchObject({ code: 'credential-damaged', kind: 'denied' })
    await database.execute(
      'update credential set sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1) where owner_id = $1',
      [victim],
    )
    await expect(vault.open('a', victim)).rejects.toMatchObject({ code: 'credential-damaged' })
  })

  it('says clearly that the key is another, and opens by an older key of the ring', async () => {
    const key = new Secret(randomBytes(32))
    const owner = randomUUID()
    await vaultWith(keyringOf([key])).seal('a', owner, { password: new Secret('p') })
    const stranger = vaultWith(newKeyring())
    await expect(stranger.open('a', owner)).rejects.toMatchObject({
      code: 'credential-key-missing',
      kind: 'denied',
    })
    await expect(stranger.checkKeys()).rejects.toMatchObject({ code: 'credential-key-missing' })
    const rotated = vaultWith(keyringOf([new Secret(randomBytes(32)), key]))
    expect(await revealed(rotated, 'a', owner)).toEqual({ password: 'p' })
  })

  it('seals within a transaction of its caller', async () => {
    const vault = vaultWith(newKeyring())
    const owner = randomUUID()
    const failing = inTransaction(database, 'page', async (transaction) => {
      await vault.within(transaction).seal('a', owner, { password: new Secret('p') })
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    await expect(vault.open('a', owner)).rejects.toMatchObject({ code: 'credential-not-found' })
  })
})
