import type { Handlers } from '../handler.ts'
import type { ApiServices } from '../ports.ts'

type Names = 'getNotifications' | 'renewNotifications' | 'endNotifications'

const kind = 'registry-connection'

export function hookRoutes({ hooks }: Pick<ApiServices, 'hooks'>): Pick<Handlers, Names> {
  return {
    getNotifications: ({ params }, { orgId }) => hooks.get(orgId, params.id),

    async renewNotifications({ params }, { orgId, audit }) {
      const hook = await hooks.rotate(orgId, params.id)
      audit({ kind, id: params.id })
      return hook
    },

    async endNotifications({ params }, { orgId, audit }) {
      await hooks.remove(orgId, params.id)
      audit({ kind, id: params.id })
    },
  }
}
