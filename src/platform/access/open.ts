import { type Clock, newId, type Secret } from '../../core/index.ts'
import type { Database } from '../db/index.ts'
import type { Tenancy } from '../tenancy/index.ts'
import { createAccess } from './access.ts'
import { type Auth, createAuth, migrateAuth } from './auth.ts'
import { newPassword } from './password.ts'
import type { Access, Principal, Role } from './ports.ts'
import { type AccessStore, createAccessStore } from './store.ts'

export interface OpenAccessOptions {
  readonly database: Database
  readonly tenancy: Pick<Tenancy, 'ensure'>
  readonly clock: Clock
  /** Signs the session cookies. */
  readonly secret: Secret<string>
  readonly secureCookies: boolean
  /** The organisation of the first administrator and of the bootstrap token. */
  readonly organisation: Principal['organisation']
  /** PORTOLAN_ADMIN_TOKEN */
  readonly adminToken?: Secret<string> | undefined
  readonly onProblem: (level: string, message: string) => void
}

export interface NewUserInput {
  readonly name: string
  readonly email: string
  readonly password: Secret<string>
  readonly organisationId: string
  readonly role: Role
}

/** What only the server itself may do with users. */
export interface AccessAdministration {
  /** @returns the user's id; undefined when the address is taken */
  addUser(user: NewUserInput): Promise<string | undefined>
  /** Makes it when it is not there yet. */
  addOrganisation(organisation: Principal['organisation']): Promise<void>
}

/** The first administrator, made on first start: the password is known here and nowhere else. */
export interface FirstUser {
  readonly email: string
  readonly password: Secret<string>
}

export interface OpenedAccess extends Access {
  readonly administration: AccessAdministration
  /** Set when this start made the first user. */
  readonly firstUser: FirstUser | null
}

const FIRST_EMAIL = 'admin@portolan.local'

/** Makes the tables, the organisation and the first administrator where they are missing, and opens the room. */
export async function openAccess(options: OpenAccessOptions): Promise<OpenedAccess> {
  const { database, clock, organisation } = options
  const store = createAccessStore(database)
  const auth = createAuth({
    database,
    secret: options.secret,
    secureCookies: options.secureCookies,
    onProblem: options.onProblem,
    firstOrganisation: async (userId) => (await store.membership(userId, null))?.organisationId,
  })
  await migrateAuth(auth, database)
  const administration = administer(options, store, auth)
  await administration.addOrganisation(organisation)
  const firstUser = (await store.hasUsers()) ? null : await addFirstUser(administration, organisation.id)
  const bootstrap = options.adminToken === undefined ? null : { token: options.adminToken, organisation }
  return { ...createAccess({ auth, store, clock, bootstrap }), administration, firstUser }
}

function administer(
  { clock, tenancy }: OpenAccessOptions,
  store: AccessStore,
  auth: Auth,
): AccessAdministration {
  return {
    async addUser({ name, email, password, organisationId, role }) {
      const context = await auth.$context
      const passwordHash = await context.password.hash(password.reveal())
      const now = clock.now()
      const id = newId(now)
      const user = { id, accountId: newId(now), name, email: email.toLowerCase(), passwordHash }
      return (await store.addUser({ ...user, organisationId, role }, new Date(now))) ? id : undefined
    },
    async addOrganisation({ id, name }) {
      await tenancy.ensure(id)
      await store.ensureOrganisation(id, name, new Date(clock.now()))
    },
  }
}

async function addFirstUser(
  administration: AccessAdministration,
  organisationId: string,
): Promise<FirstUser | null> {
  const password = newPassword()
  const user = { name: 'Administrator', email: FIRST_EMAIL, password, organisationId, role: 'admin' as const }
  const added = await administration.addUser(user)
  return added === undefined ? null : { email: FIRST_EMAIL, password }
}
