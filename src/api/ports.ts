import type { LiveEvent, VulnerabilityDatabase } from '../contract/index.ts'
import type { ConnectionService } from '../connections/index.ts'
import type { DiscoveryService } from '../discovery/index.ts'
import type { FindingService } from '../findings/index.ts'
import type { AuditEvent } from '../contract/index.ts'
import type { Page, PageRequest } from '../core/index.ts'
import type { ScanService } from '../scans/index.ts'

/** The vulnerability data in use, and its updates. */
export interface DatabaseService {
  status(): Promise<VulnerabilityDatabase>
  /** Looks for newer data, after the answer. @returns false when a look is under way already */
  requestUpdate(): boolean
}

/** What changed, as it happens, within this process. */
export interface LiveEvents {
  /**
   * @param listener called for events of the organisation and those of all; must not throw
   * @returns ends the subscription
   */
  subscribe(orgId: string, listener: (event: LiveEvent) => void): () => void
}

/** Who did what, as the audit log keeps it. */
export interface AuditEntry {
  readonly actor: AuditEvent['actor']
  /** `noun.verb` in the past. */
  readonly action: string
  readonly target: AuditEvent['target']
  readonly detail: Readonly<Record<string, unknown>>
  readonly address: string | null
}

/** The audit log of each organisation. */
export interface AuditTrail {
  append(orgId: string, entry: AuditEntry): Promise<unknown>
  /** Newest first. */
  list(
    orgId: string,
    query: PageRequest & { readonly action?: string | undefined },
  ): Promise<Page<AuditEvent>>
}

/** Where the server says what went wrong. The message never varies; what does is in the fields. */
export interface ServerLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** What the routes of the contract are made of. */
export interface ApiServices {
  readonly connections: ConnectionService
  readonly discovery: DiscoveryService
  readonly scans: ScanService
  readonly findings: FindingService
  readonly database: DatabaseService
  readonly audit: AuditTrail
  /** Addresses that the server calls from, for people's firewalls. */
  readonly egressAddresses: readonly string[]
}
