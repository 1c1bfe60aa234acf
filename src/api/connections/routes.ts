import type { Connection } from '../../connections/index.ts'
import type { Handlers } from '../handler.ts'
import type { ApiServices } from '../ports.ts'

type Names =
  | 'listPlatforms'
  | 'listConnections'
  | 'createConnection'
  | 'checkSettings'
  | 'getConnection'
  | 'editConnection'
  | 'deleteConnection'
  | 'checkConnection'
  | 'discoverConnection'
  | 'scanConnection'

type Services = Pick<ApiServices, 'connections' | 'discovery' | 'scans' | 'egressAddresses'>

const kind = 'registry-connection'

/** Where a connection leads, and that it is not protected on the way: whoever allowed that finds it in the audit log. */
function wayOf({ host, insecure }: Pick<Connection, 'host' | 'insecure'>) {
  return { host, ...(insecure ? { insecure } : {}) }
}

export function connectionRoutes(services: Services): Pick<Handlers, Names> {
  const { connections, discovery, scans } = services
  return {
    listPlatforms: (_input, { orgId }) => ({
      items: connections.platforms(orgId),
      egressAddresses: services.egressAddresses,
    }),
    listConnections: ({ query }, { orgId }) => connections.list(orgId, query),
    getConnection: ({ params }, { orgId }) => connections.get(orgId, params.id),

    async createConnection({ body }, { orgId, audit }) {
      const created = await connections.create(orgId, body)
      audit({ kind, id: created.id }, { name: created.name, platform: created.platform, ...wayOf(created) })
      return created
    },

    async editConnection({ params, body }, { orgId, audit }) {
      const edited = await connections.edit(orgId, params.id, body)
      const changed = Object.keys(body).filter((field) => field !== 'version')
      audit({ kind, id: edited.id }, { name: edited.name, ...wayOf(edited), changed })
      return edited
    },

    async deleteConnection({ params }, { orgId, audit }) {
      const { name, host } = await connections.get(orgId, params.id)
      await connections.remove(orgId, params.id)
      audit({ kind, id: params.id }, { name, host })
    },

    checkSettings({ body }, { orgId, audit, progress }) {
      if (body.connectionId !== undefined) audit({ kind, id: body.connectionId })
      return connections.checkSettings(orgId, body, progress)
    },

    async checkConnection({ params }, { orgId, audit }) {
      const result = await connections.check(orgId, params.id)
      audit({ kind, id: params.id }, { ok: result.ok })
      return result
    },

    async discoverConnection({ params, query }, { orgId, audit }) {
      audit({ kind, id: params.id }, { listing: query.listing })
      return discovery.request(orgId, params.id, { complete: query.listing === 'complete' })
    },

    async scanConnection({ params }, { orgId, audit }) {
      await connections.get(orgId, params.id)
      const started = await scans.requestConnection(orgId, params.id)
      audit({ kind, id: params.id }, { queued: started.queued })
      return started
    },
  }
}
