import type { LiveEvent, ScanEngine, VulnerabilityDatabase } from '../contract/index.ts'
import type { ConnectionService } from '../connections/index.ts'
import type { DiscoveryService } from '../discovery/index.ts'
import type { DocumentService } from '../documents/index.ts'
import type { FindingService } from '../findings/index.ts'
import type { HookReceiver, HookService } from '../hooks/index.ts'
import type { AuditLog } from '../platform/audit/index.ts'
import type { ScanService } from '../scans/index.ts'

/** The vulnerability data in use, and its updates. */
export interface DatabaseService {
  status(): Promise<VulnerabilityDatabase>
  /** Looks for newer data, after the answer. @returns false when a look is under way already */
  requestUpdate(): boolean
}

/** What images can be scanned with. */
export interface EngineService {
  /** The built-in one first. */
  list(): Promise<ScanEngine[]>
}

/** What changed, as it happens, within this process. */
export interface LiveEvents {
  /**
   * @param listener called for events of the organisation and those of all; must not throw
   * @returns ends the subscription
   */
  subscribe(orgId: string, listener: (event: LiveEvent) => void): () => void
}

/** The audit log, as routes use it. */
export type AuditTrail = Pick<AuditLog, 'append' | 'list'>

/** What the routes of the contract are made of. */
export interface ApiServices {
  readonly connections: ConnectionService
  readonly discovery: DiscoveryService
  readonly scans: ScanService
  readonly hooks: HookService & HookReceiver
  readonly findings: FindingService
  readonly documents: Omit<DocumentService, 'overlay'>
  readonly database: DatabaseService
  readonly engines: EngineService
  readonly audit: AuditTrail
  /** Addresses that the server calls from, for people's firewalls. */
  readonly egressAddresses: readonly string[]
}
