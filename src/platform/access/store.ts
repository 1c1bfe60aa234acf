import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/index.ts'

/** The rows of this room. All but `api_token` are the sign-in library's, which made and migrates them. */
type AccessTables = {
  auth_user: {
    id: string
    name: string
    email: string
    emailVerified: boolean
    createdAt: Date
    updatedAt: Date
  }
  auth_account: {
    id: string
    accountId: string
    providerId: string
    userId: string
    password: string | null
    createdAt: Date
    updatedAt: Date
  }
  auth_organization: { id: string; name: string; slug: string; createdAt: Date }
  auth_member: { id: string; organizationId: string; userId: string; role: string; createdAt: Date }
  api_token: {
    id: string
    org_id: string
    user_id: string | null
    name: string
    token_hash: Uint8Array
    last_used_at: Date | null
    expires_at: Date | null
    revoked_at: Date | null
  }
}
type Db = Kysely<AccessTables>

export interface Membership {
  readonly organisationId: string
  readonly organisationName: string
  /** Several roles stand in one text, with commas. */
  readonly role: string
}

export interface TokenRow extends Membership {
  readonly id: string
  readonly userId: string
  readonly userName: string
  readonly email: string
  readonly lastUsedAt: Date | null
}

export interface NewTokenRow {
  readonly id: string
  readonly organisationId: string
  readonly userId: string
  readonly name: string
  readonly hash: Uint8Array
  readonly expiresAt: Date | null
}

export interface NewUserRow {
  readonly id: string
  readonly accountId: string
  readonly name: string
  readonly email: string
  readonly passwordHash: string
  readonly organisationId: string
  readonly role: string
}

/** Runs a migration in one transaction. Of several servers that start at once one does it, the others wait and find it done. */
export async function inOneMigration(
  database: Database,
  migrate: (trx: Kysely<unknown>) => Promise<void>,
): Promise<void> {
  await database
    .lane('bulk')
    .transaction()
    .execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(7070, 1)`.execute(trx)
      await migrate(trx)
    })
}

export type AccessStore = ReturnType<typeof createAccessStore>

/** All SQL of this room. */
export function createAccessStore({ kysely }: Database) {
  const db = kysely.withTables<AccessTables>()
  return {
    membership: (userId: string, preferred: string | null) => membership(db, userId, preferred),
    token: (hash: Uint8Array, now: Date) => token(db, hash, now),
    addUser: (user: NewUserRow, now: Date) => addUser(db, user, now),

    async addToken(row: NewTokenRow): Promise<void> {
      const { id, organisationId, userId, name, hash, expiresAt } = row
      const values = {
        id,
        org_id: organisationId,
        user_id: userId,
        name,
        token_hash: hash,
        expires_at: expiresAt,
      }
      await db
        .insertInto('api_token')
        .values({ ...values, last_used_at: null, revoked_at: null })
        .execute()
    },

    async touchToken(id: string, now: Date): Promise<void> {
      await db.updateTable('api_token').set({ last_used_at: now }).where('id', '=', id).execute()
    },

    /** @returns false when there is no such token, or it is revoked already */
    async revokeToken(organisationId: string, id: string, now: Date): Promise<boolean> {
      const done = await db
        .updateTable('api_token')
        .set({ revoked_at: now })
        .where('org_id', '=', organisationId)
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows > 0n
    },

    /** Makes the organisation when it is not there yet. */
    async ensureOrganisation(id: string, name: string, now: Date): Promise<void> {
      await db
        .insertInto('auth_organization')
        .values({ id, name, slug: id, createdAt: now })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },

    async hasUsers(): Promise<boolean> {
      return (await db.selectFrom('auth_user').select('id').limit(1).executeTakeFirst()) !== undefined
    },
  }
}

/** The membership in `preferred`, or the user's oldest when that is null or no longer theirs. */
async function membership(db: Db, userId: string, preferred: string | null): Promise<Membership | undefined> {
  return db
    .selectFrom('auth_member as m')
    .innerJoin('auth_organization as o', 'o.id', 'm.organizationId')
    .select(['o.id as organisationId', 'o.name as organisationName', 'm.role'])
    .where('m.userId', '=', userId)
    .orderBy((order) => order('o.id', '=', preferred ?? ''), 'desc')
    .orderBy('m.createdAt')
    .orderBy('m.id')
    .limit(1)
    .executeTakeFirst()
}

/** A token that is good now, with its owner, who must still be a member. */
async function token(db: Db, hash: Uint8Array, now: Date): Promise<TokenRow | undefined> {
  return db
    .selectFrom('api_token as t')
    .innerJoin('auth_user as u', 'u.id', 't.user_id')
    .innerJoin('auth_organization as o', 'o.id', 't.org_id')
    .innerJoin('auth_member as m', (join) =>
      join.onRef('m.userId', '=', 'u.id').onRef('m.organizationId', '=', 'o.id'),
    )
    .select(['t.id', 'o.id as organisationId', 'o.name as organisationName'])
    .select(['u.id as userId', 'u.name as userName', 'u.email', 'm.role', 't.last_used_at as lastUsedAt'])
    .where('t.token_hash', '=', hash)
    .where('t.revoked_at', 'is', null)
    .where((where) => where.or([where('t.expires_at', 'is', null), where('t.expires_at', '>', now)]))
    .executeTakeFirst()
}

/**
 * A user with a password, member of an organisation.
 *
 * @returns false when the address is taken: nothing is changed
 */
async function addUser(db: Db, user: NewUserRow, now: Date): Promise<boolean> {
  const { id, accountId, name, email, passwordHash, organisationId, role } = user
  const times = { createdAt: now, updatedAt: now }
  return db.transaction().execute(async (trx) => {
    const added = await trx
      .insertInto('auth_user')
      .values({ id, name, email, emailVerified: true, ...times })
      .onConflict((conflict) => conflict.column('email').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (added === undefined) return false
    const account = { id: accountId, accountId: id, providerId: 'credential', userId: id }
    await trx
      .insertInto('auth_account')
      .values({ ...account, password: passwordHash, ...times })
      .execute()
    await trx
      .insertInto('auth_member')
      .values({ id: accountId, organizationId: organisationId, userId: id, role, createdAt: now })
      .execute()
    return true
  })
}
