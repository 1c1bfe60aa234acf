import type { Handlers } from '../handler.ts'
import type { ApiServices } from '../ports.ts'

type Names = 'listFindings' | 'getFindingSummary' | 'getFinding'

export function findingRoutes({ findings }: Pick<ApiServices, 'findings'>): Pick<Handlers, Names> {
  return {
    listFindings: ({ query }, { orgId }) => findings.list(orgId, query),
    getFindingSummary: ({ query }, { orgId }) => findings.summary(orgId, query),
    getFinding: ({ params }, { orgId }) => findings.get(orgId, params.id),
  }
}
