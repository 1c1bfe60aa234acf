import { z } from 'zod'
import {
  documentQuery,
  documentUpload,
  LARGEST_UPLOAD,
  sbomDocument,
  sbomFindings,
  sbomQuery,
  uploadedDocument,
} from './documents.ts'
import { finding, findingDetail, findingQuery, findingSummary, findingSummaryQuery } from './findings.ts'
import { image, imageDetail, imageQuery, repository, repositoryQuery } from './images.ts'
import {
  checkInput,
  checkResult,
  connectionInput,
  connectionPatch,
  registryConnection,
  registryPlatform,
  started,
} from './registry-connections.ts'
import { connectionNotifications } from './notifications.ts'
import { pageOf, pageQuery } from './shapes.ts'
import {
  auditEvent,
  auditQuery,
  scan,
  scanEngine,
  scanQuery,
  session,
  vulnerabilityDatabase,
} from './system.ts'

/** Who may call a route: anyone signed in to the organisation, or only those who administer it. */
export type Policy = 'member' | 'admin'

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Under `/api/v1`; `:id` as in Fastify. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly policy: Policy
  /** Audit action of a route that changes state: `noun.verb` in the past. */
  readonly audit?: string
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** Bytes of the body, where the usual limit is too small. */
  readonly bodyLimit?: number
  readonly status: 200 | 201 | 202 | 204
  readonly response?: z.ZodType
}

const uuid = z.object({ id: z.uuid() })
const discoveryQuery = z.object({
  /** `complete`: everything is listed anew, also what has not changed by what the registry says. */
  listing: z.enum(['incremental', 'complete']).default('incremental'),
})
const int = z.object({ id: z.coerce.number().int() })
const text = z.object({ id: z.string().max(300) })

const connections = '/registry-connections'
const one = `${connections}/:id`

/** Every route of the API, by name: server, web and command line are typed from this table. */
export const routes = {
  getSession: {
    method: 'GET',
    path: '/session',
    summary: 'Who is signed in',
    tag: 'session',
    policy: 'member',
    status: 200,
    response: session,
  },
  listPlatforms: {
    method: 'GET',
    path: '/registry-platforms',
    summary: 'Registry platforms with their forms',
    tag: 'connections',
    policy: 'member',
    status: 200,
    response: z.object({ items: z.array(registryPlatform), egressAddresses: z.array(z.string()) }),
  },
  listConnections: {
    method: 'GET',
    path: connections,
    summary: 'Registry connections',
    tag: 'connections',
    policy: 'member',
    query: pageQuery,
    status: 200,
    response: pageOf(registryConnection),
  },
  createConnection: {
    method: 'POST',
    path: connections,
    summary: 'Add a connection: checked, then discovered and scanned',
    tag: 'connections',
    policy: 'admin',
    audit: 'connection.created',
    body: connectionInput,
    status: 201,
    response: registryConnection,
  },
  checkSettings: {
    method: 'POST',
    path: `${connections}/check`,
    summary: 'Check settings without saving them',
    tag: 'connections',
    policy: 'admin',
    audit: 'connection.settings-checked',
    body: checkInput,
    status: 200,
    response: checkResult,
  },
  getConnection: {
    method: 'GET',
    path: one,
    summary: 'One connection',
    tag: 'connections',
    policy: 'member',
    params: uuid,
    status: 200,
    response: registryConnection,
  },
  editConnection: {
    method: 'PATCH',
    path: one,
    summary: 'Edit a connection',
    tag: 'connections',
    policy: 'admin',
    audit: 'connection.edited',
    params: uuid,
    body: connectionPatch,
    status: 200,
    response: registryConnection,
  },
  deleteConnection: {
    method: 'DELETE',
    path: one,
    summary: 'Delete a connection and its credentials',
    tag: 'connections',
    policy: 'admin',
    audit: 'connection.deleted',
    params: uuid,
    status: 204,
  },
  checkConnection: {
    method: 'POST',
    path: `${one}/check`,
    summary: 'Check a stored connection',
    tag: 'connections',
    policy: 'member',
    audit: 'connection.checked',
    params: uuid,
    status: 200,
    response: checkResult,
  },
  getNotifications: {
    method: 'GET',
    path: `${one}/notifications`,
    summary: 'How a connection is told of pushes, with the address, its secret and the last events',
    tag: 'connections',
    policy: 'admin',
    params: uuid,
    status: 200,
    response: connectionNotifications,
  },
  renewNotifications: {
    method: 'POST',
    path: `${one}/notifications`,
    summary: 'Make the address and secret for push notifications, in place of those before',
    tag: 'connections',
    policy: 'admin',
    audit: 'push-notifications.renewed',
    params: uuid,
    status: 201,
    response: connectionNotifications,
  },
  endNotifications: {
    method: 'DELETE',
    path: `${one}/notifications`,
    summary: 'End the address for push notifications',
    tag: 'connections',
    policy: 'admin',
    audit: 'push-notifications.ended',
    params: uuid,
    status: 204,
  },
  discoverConnection: {
    method: 'POST',
    path: `${one}/discover`,
    summary: 'Discover Images',
    tag: 'connections',
    policy: 'member',
    audit: 'discovery.requested',
    params: uuid,
    query: discoveryQuery,
    status: 202,
    response: started,
  },
  scanConnection: {
    method: 'POST',
    path: `${one}/scan`,
    summary: 'Scan Images',
    tag: 'connections',
    policy: 'member',
    audit: 'scan.requested',
    params: uuid,
    status: 202,
    response: started,
  },
  listRepositories: {
    method: 'GET',
    path: '/repositories',
    summary: 'Repositories',
    tag: 'images',
    policy: 'member',
    query: repositoryQuery,
    status: 200,
    response: pageOf(repository),
  },
  listImages: {
    method: 'GET',
    path: '/images',
    summary: 'Images',
    tag: 'images',
    policy: 'member',
    query: imageQuery,
    status: 200,
    response: pageOf(image),
  },
  getImage: {
    method: 'GET',
    path: '/images/:id',
    summary: 'One image',
    tag: 'images',
    policy: 'member',
    params: int,
    status: 200,
    response: imageDetail,
  },
  getImageSbom: {
    method: 'GET',
    path: '/images/:id/sbom',
    summary: 'SBOM of one image: CycloneDX 1.6 or SPDX 2.3',
    tag: 'documents',
    policy: 'member',
    params: int,
    query: sbomQuery,
    status: 200,
    response: sbomDocument,
  },
  listDocuments: {
    method: 'GET',
    path: '/documents',
    summary: 'SBOMs and VEX documents that were uploaded, or found attached to images',
    tag: 'documents',
    policy: 'member',
    query: documentQuery,
    status: 200,
    response: pageOf(uploadedDocument),
  },
  uploadDocument: {
    method: 'POST',
    path: '/documents',
    summary: 'Upload an SBOM, or VEX statements on an image',
    tag: 'documents',
    policy: 'member',
    audit: 'document.uploaded',
    body: documentUpload,
    bodyLimit: 2 * LARGEST_UPLOAD,
    status: 201,
    response: uploadedDocument,
  },
  deleteDocument: {
    method: 'DELETE',
    path: '/documents/:id',
    summary: 'Delete an uploaded document',
    tag: 'documents',
    policy: 'member',
    audit: 'document.deleted',
    params: uuid,
    status: 204,
  },
  getDocumentFindings: {
    method: 'GET',
    path: '/documents/:id/findings',
    summary: 'What is wrong with what an uploaded SBOM names',
    tag: 'documents',
    policy: 'member',
    params: uuid,
    status: 200,
    response: sbomFindings,
  },
  scanImage: {
    method: 'POST',
    path: '/images/:id/scan',
    summary: 'Scan one image',
    tag: 'images',
    policy: 'member',
    audit: 'scan.requested',
    params: int,
    status: 202,
    response: started,
  },
  listScans: {
    method: 'GET',
    path: '/scans',
    summary: 'Scans',
    tag: 'scans',
    policy: 'member',
    query: scanQuery,
    status: 200,
    response: pageOf(scan),
  },
  retryScan: {
    method: 'POST',
    path: '/scans/:id/retry',
    summary: 'Try a failed scan again',
    tag: 'scans',
    policy: 'member',
    audit: 'scan.requested',
    params: text,
    status: 202,
    response: started,
  },
  listFindings: {
    method: 'GET',
    path: '/findings',
    summary: 'Findings',
    tag: 'findings',
    policy: 'member',
    query: findingQuery,
    status: 200,
    response: pageOf(finding),
  },
  getFindingSummary: {
    method: 'GET',
    path: '/findings/summary',
    summary: 'Counts of findings by severity',
    tag: 'findings',
    policy: 'member',
    query: findingSummaryQuery,
    status: 200,
    response: findingSummary,
  },
  getFinding: {
    method: 'GET',
    path: '/findings/:id',
    summary: 'One finding with its occurrences',
    tag: 'findings',
    policy: 'member',
    params: text,
    status: 200,
    response: findingDetail,
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

export type RouteName = keyof typeof routes
