import { type Kysely, sql } from 'kysely'

type Tables = {
  org_settings: { org_id: string; one_trust_domain: boolean | null; settings: unknown; created_at: Date }
}

export interface OrganisationRow {
  readonly id: string
  readonly oneTrustDomain: boolean | null
  readonly settings: Record<string, unknown>
  readonly createdAt: Date
}

/** All SQL of this room. */
export function tenancyStore(database: Kysely<unknown>) {
  const db = database.withTables<Tables>()
  const organisations = db
    .selectFrom('org_settings')
    .select(['org_id as id', 'one_trust_domain as oneTrustDomain', 'settings', 'created_at as createdAt'])
  const toRow = (row: Awaited<ReturnType<typeof organisations.execute>>[number]): OrganisationRow => ({
    ...row,
    settings: row.settings as Record<string, unknown>,
  })
  return {
    async add(id: string, createdAt: Date): Promise<void> {
      await db
        .insertInto('org_settings')
        .values({ org_id: id, one_trust_domain: null, settings: {}, created_at: createdAt })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },

    async get(id: string): Promise<OrganisationRow | undefined> {
      const row = await organisations.where('org_id', '=', id).executeTakeFirst()
      return row && toRow(row)
    },

    async page(after: string, limit: number): Promise<OrganisationRow[]> {
      return (await organisations.where('org_id', '>', after).orderBy('org_id').limit(limit).execute()).map(
        toRow,
      )
    },

    async isOnly(id: string): Promise<boolean> {
      const other = db.selectFrom('org_settings').select('org_id').where('org_id', '<>', id).limit(1)
      return (await other.executeTakeFirst()) === undefined
    },

    async setTrust(id: string, oneTrustDomain: boolean | null): Promise<boolean> {
      const done = await db
        .updateTable('org_settings')
        .set({ one_trust_domain: oneTrustDomain })
        .where('org_id', '=', id)
        .executeTakeFirst()
      return done.numUpdatedRows > 0n
    },

    /** Changes the given settings and leaves the others. */
    async merge(id: string, settings: Readonly<Record<string, unknown>>): Promise<boolean> {
      const done = await db
        .updateTable('org_settings')
        .set({ settings: sql`settings || ${settings}::jsonb` })
        .where('org_id', '=', id)
        .executeTakeFirst()
      return done.numUpdatedRows > 0n
    },
  }
}
