import type { Kysely } from 'kysely'
import { storableJson } from '../db/index.ts'

type Tables = {
  credential: {
    id: string
    org_id: string
    owner_id: string
    sealed: Buffer
    wrapped_key: Buffer
    key_id: string
    /** JSON array of names. */
    fields: string
    created_at: Date
  }
}

export interface SealedRow {
  readonly id: string
  readonly orgId: string
  readonly ownerId: string
  readonly sealed: Buffer
  readonly wrappedKey: Buffer
  readonly keyId: string
  readonly names: readonly string[]
  readonly createdAt: Date
}

/** All SQL of this room. */
export function credentialStore(db: Kysely<unknown>) {
  const credentials = db.withTables<Tables>()
  const owned = (orgId: string, ownerId: string) =>
    credentials.selectFrom('credential').where('org_id', '=', orgId).where('owner_id', '=', ownerId)
  return {
    async put(row: SealedRow): Promise<void> {
      const content = {
        sealed: row.sealed,
        wrapped_key: row.wrappedKey,
        key_id: row.keyId,
        fields: storableJson(row.names),
        created_at: row.createdAt,
      }
      const written = await credentials
        .insertInto('credential')
        .values({ id: row.id, org_id: row.orgId, owner_id: row.ownerId, ...content })
        .onConflict((conflict) =>
          conflict.column('owner_id').doUpdateSet(content).where('credential.org_id', '=', row.orgId),
        )
        .executeTakeFirst()
      if (written.numInsertedOrUpdatedRows === 0n) throw new Error('the owner is of another organisation')
    },

    get: (orgId: string, ownerId: string) =>
      owned(orgId, ownerId)
        .select(['sealed', 'wrapped_key as wrappedKey', 'key_id as keyId'])
        .executeTakeFirst(),

    async names(orgId: string, ownerId: string): Promise<readonly string[]> {
      const row = await owned(orgId, ownerId).select('fields').executeTakeFirst()
      // The driver has parsed the JSON.
      return (row?.fields ?? []) as readonly string[]
    },

    async remove(orgId: string, ownerId: string): Promise<void> {
      await credentials
        .deleteFrom('credential')
        .where('org_id', '=', orgId)
        .where('owner_id', '=', ownerId)
        .execute()
    },

    async keyIds(): Promise<string[]> {
      const rows = await credentials.selectFrom('credential').select('key_id').distinct().execute()
      return rows.map((row) => row.key_id)
    },
  }
}
