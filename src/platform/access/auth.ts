import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { organization } from 'better-auth/plugins/organization'
import type { Secret } from '../../core/index.ts'
import type { Database } from '../db/index.ts'
import { inOneMigration } from './store.ts'
import { authTableNames } from './tables.ts'

export interface AuthOptions {
  readonly database: Database
  /** Signs the session cookies. */
  readonly secret: Secret<string>
  /** Where the page is reached by HTTPS: cookies then never travel without. */
  readonly secureCookies: boolean
  /** Problems of the library, for the log. */
  readonly onProblem: (level: string, message: string) => void
  /** The organisation that a new session of a user begins in. */
  readonly firstOrganisation: (userId: string) => Promise<string | undefined>
}

const DAY = 24 * 60 * 60

/** Header that carries the client's address into the library, set by us alone. */
export const ADDRESS_HEADER = 'x-portolan-client-address'
/** The library's idea of where it runs. Only paths count: what comes from where is checked before (same-origin.ts). */
export const AUTH_BASE = 'http://portolan.internal'

/**
 * The sign-in library, closed to the outside but for a few actions: no sign-up, no telemetry, no e-mail, no links.
 * Its organisation tables are used, its routes for them are not.
 */
export function createAuth(options: AuthOptions) {
  return betterAuth({
    appName: 'Portolan',
    baseURL: AUTH_BASE,
    basePath: '/api/auth',
    secret: options.secret.reveal(),
    database: { db: options.database.kysely, type: 'postgres', transaction: true },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 256 },
    user: { modelName: authTableNames.user },
    account: { modelName: authTableNames.account },
    verification: { modelName: authTableNames.verification },
    session: { modelName: authTableNames.session, expiresIn: 7 * DAY, updateAge: DAY },
    advanced: {
      cookiePrefix: 'portolan',
      useSecureCookies: options.secureCookies,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      // The server checks each change for its origin itself, sign-in too, with the address that people really open.
      disableCSRFCheck: true,
      disableOriginCheck: true,
      database: { validateSchema: false },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'warn', log: (level, message) => options.onProblem(level, message) },
    plugins: [organizations()],
    databaseHooks: {
      session: {
        create: {
          before: async (session) => {
            const activeOrganizationId = await options.firstOrganisation(session.userId)
            return { data: { ...session, activeOrganizationId: activeOrganizationId ?? null } }
          },
        },
      },
    },
  } satisfies BetterAuthOptions)
}

export type Auth = ReturnType<typeof createAuth>

function organizations() {
  return organization({
    allowUserToCreateOrganization: false,
    schema: {
      organization: { modelName: authTableNames.organization },
      member: { modelName: authTableNames.member },
      invitation: { modelName: authTableNames.invitation },
    },
  })
}

/** Makes or completes the library's tables. */
export async function migrateAuth(auth: Auth, database: Database): Promise<void> {
  await inOneMigration(database, async (trx) => {
    const { runMigrations } = await getMigrations({
      ...auth.options,
      database: { db: trx, type: 'postgres' },
    })
    await runMigrations()
  })
}
