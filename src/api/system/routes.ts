import type { Handlers } from '../handler.ts'
import type { ApiServices } from '../ports.ts'

type Names =
  | 'getVulnerabilityDatabase'
  | 'updateVulnerabilityDatabase'
  | 'listScanEngines'
  | 'listAuditEvents'

export function systemRoutes({
  database,
  engines,
  audit,
}: Pick<ApiServices, 'database' | 'engines' | 'audit'>): Pick<Handlers, Names> {
  return {
    getVulnerabilityDatabase: () => database.status(),
    updateVulnerabilityDatabase() {
      const accepted = database.requestUpdate()
      const message = accepted ? 'Looking for newer vulnerability data.' : 'A look is under way already.'
      return { accepted, queued: accepted ? 1 : 0, message }
    },
    listScanEngines: async () => ({ items: await engines.list() }),
    listAuditEvents: ({ query }, { orgId }) => audit.list(orgId, query),
  }
}
