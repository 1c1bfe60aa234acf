import { z } from 'zod'
import { started } from '../registry-connections.ts'
import { pageOf } from '../shapes.ts'
import { auditEvent, auditQuery, scanEngine, session, vulnerabilityDatabase } from '../system.ts'
import { type Route } from './route.ts'

/** The session, vulnerability data, engines, the audit log. */
export const systemRoutes = {
  getSession: {
    method: 'GET',
    path: '/session',
    summary: 'Who is signed in',
    tag: 'session',
    policy: 'member',
    status: 200,
    response: session,
  },
  getVulnerabilityDatabase: {
    method: 'GET',
    path: '/vulnerability-database',
    summary: 'Which vulnerability data is in use',
    tag: 'system',
    policy: 'member',
    status: 200,
    response: vulnerabilityDatabase,
  },
  updateVulnerabilityDatabase: {
    method: 'POST',
    path: '/vulnerability-database/update',
    summary: 'Look for newer vulnerability data now',
    tag: 'system',
    policy: 'admin',
    audit: 'database.update-requested',
    status: 202,
    response: started,
  },
  listScanEngines: {
    method: 'GET',
    path: '/scan-engines',
    summary: 'Engines that a connection can be scanned with',
    tag: 'system',
    policy: 'member',
    status: 200,
    response: z.object({ items: z.array(scanEngine) }),
  },
  listAuditEvents: {
    method: 'GET',
    path: '/audit-events',
    summary: 'Audit log',
    tag: 'system',
    policy: 'admin',
    query: auditQuery,
    status: 200,
    response: pageOf(auditEvent),
  },
} as const satisfies Record<string, Route>
