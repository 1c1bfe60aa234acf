import type { Handlers } from '../handler.ts'
import type { ApiServices } from '../ports.ts'

type Names = 'listRepositories' | 'listImages' | 'getImage' | 'scanImage'

export function imageRoutes(services: Pick<ApiServices, 'discovery' | 'scans'>): Pick<Handlers, Names> {
  const { discovery, scans } = services
  return {
    listRepositories: ({ query }, { orgId }) => discovery.listRepositories(orgId, query),
    listImages: ({ query }, { orgId }) => discovery.listImages(orgId, query),
    getImage: ({ params }, { orgId }) => discovery.getImage(orgId, params.id),
    scanImage({ params }, { orgId, audit }) {
      audit({ kind: 'image', id: String(params.id) })
      return scans.requestImage(orgId, params.id)
    },
  }
}
