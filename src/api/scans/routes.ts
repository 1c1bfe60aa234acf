import type { Handlers } from '../handler.ts'
import type { ApiServices } from '../ports.ts'

export function scanRoutes({ scans }: Pick<ApiServices, 'scans'>): Pick<Handlers, 'listScans' | 'retryScan'> {
  return {
    listScans: ({ query }, { orgId }) => scans.list(orgId, query),
    retryScan({ params }, { orgId, audit }) {
      audit({ kind: 'scan', id: params.id })
      return scans.retry(orgId, params.id)
    },
  }
}
