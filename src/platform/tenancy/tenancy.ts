import { AppError, type Clock } from '../../core/index.ts'
import type { Database } from '../db/index.ts'
import { type OrganisationRow, tenancyStore } from './store.ts'

/** The one that is there from the first start. */
export const DEFAULT_ORGANISATION = { id: 'default', name: 'Default' } as const

export interface Organisation {
  readonly id: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly createdAt: Date
}

export interface Tenancy {
  /** Makes the organisation when it is not there yet. */
  ensure(orgId: string): Promise<void>
  /** @throws AppError `organisation-not-found` (not-found) */
  get(orgId: string): Promise<Organisation>
  /** In order of id, those after `after`. */
  list(page?: { readonly after?: string; readonly limit?: number }): Promise<Organisation[]>
  /**
   * Whether the organisation may reuse a layer that it has not pulled itself: where the operator says so, and, as long as he
   * says nothing, while there is no other organisation.
   *
   * @throws AppError `organisation-not-found` (not-found)
   */
  isOneTrustDomain(orgId: string): Promise<boolean>
  /** @param trust null: by the number of organisations */
  setOneTrustDomain(orgId: string, trust: boolean | null): Promise<void>
  /** Changes the given settings and leaves the others. @throws AppError `organisation-not-found` (not-found) */
  changeSettings(orgId: string, settings: Readonly<Record<string, unknown>>): Promise<Organisation>
}

function notFound(): AppError {
  return new AppError({
    code: 'organisation-not-found',
    kind: 'not-found',
    publicMessage: 'There is no such organisation.',
  })
}

function toOrganisation({ id, settings, createdAt }: OrganisationRow): Organisation {
  return { id, settings, createdAt }
}

export function createTenancy(database: Database, clock: Clock): Tenancy {
  const store = tenancyStore(database.kysely)
  const found = async (orgId: string): Promise<OrganisationRow> => {
    const row = await store.get(orgId)
    if (row === undefined) throw notFound()
    return row
  }
  return {
    ensure: (orgId) => store.add(orgId, new Date(clock.now())),
    get: async (orgId) => toOrganisation(await found(orgId)),
    list: async ({ after = '', limit = 200 } = {}) => (await store.page(after, limit)).map(toOrganisation),
    isOneTrustDomain: async (orgId) => (await found(orgId)).oneTrustDomain ?? (await store.isOnly(orgId)),
    async setOneTrustDomain(orgId, trust) {
      if (!(await store.setTrust(orgId, trust))) throw notFound()
    },
    async changeSettings(orgId, settings) {
      if (!(await store.merge(orgId, settings))) throw notFound()
      return toOrganisation(await found(orgId))
    },
  }
}
