import type { HostList, Page, PageRequest, Reason } from '../core/index.ts'
import type { CheckStep, OnCheckStep, PlatformDescription, RegistryConnector } from '../registries/index.ts'

/** Connected: ready. Error: look at the reason. Syncing: a discovery runs. Unknown: never checked. */
export type ConnectionStatus = 'Connected' | 'Error' | 'Syncing' | 'Unknown'

/**
 * What of a registry is scanned: the newest tags of each repository whose path passes the patterns (`*` is any text), and of an
 * image for several platforms those that are chosen.
 */
export interface SelectionPolicy {
  readonly latestTags: number
  /** Empty: all repositories. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** `linux/amd64`, ...; empty: all. An image that has none of them is scanned whole. */
  readonly platforms: readonly string[]
}

export const DEFAULT_SELECTION: SelectionPolicy = { latestTags: 10, include: [], exclude: [], platforms: [] }

export interface Progress {
  readonly phase: 'discovering' | 'scanning'
  readonly done: number
  readonly total: number | null
  readonly detail: string
}

/** How many repositories a connection sees, and how far its selected images have come. */
export interface ConnectionCounts {
  readonly repositories: number
  readonly images: number
  readonly pending: number
  readonly scanning: number
  readonly completed: number
  readonly failed: number
}

/** What works and still wants a look. */
export interface ConnectionWarning {
  /** The step of the check that said it, or the last discovery. */
  readonly about: CheckStep['id'] | 'discovery'
  readonly message: string
  readonly remedy: string | null
}

/** What only the operator of the server decides. */
export interface OperatorRules {
  /** Registries that may be reached over plain HTTP or with an unverified certificate. */
  readonly insecureHosts: HostList
  /** Proxies that connections may have of their own. */
  readonly proxyHosts: HostList
  /** Organisations whose connections may use the server's own cloud identity. */
  readonly identity: { has(orgId: string): boolean }
  /** What registries see this server come from; named where a firewall may be in between. */
  readonly egressAddresses: readonly string[]
}

/** A connection as it is shown: no secret is ever in it. Times are RFC 3339 in UTC, here and in all services. */
export interface Connection {
  readonly id: string
  readonly name: string
  readonly platform: string
  readonly platformLabel: string
  readonly host: string
  /** Plain settings by field name. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Names of the sealed fields. */
  readonly secretFields: readonly string[]
  readonly status: ConnectionStatus
  readonly statusReason: Reason | null
  /** Of the last check and the last discovery; they last until one of them sees otherwise. */
  readonly warnings: readonly ConnectionWarning[]
  readonly checkedAt: string | null
  readonly access: 'Public/Manual' | 'Private' | 'System-managed'
  readonly enabled: boolean
  /** Lasting mark: plain HTTP or unverified TLS. */
  readonly insecure: boolean
  /** Id of the engine that scans its images. */
  readonly engine: string
  readonly scanIntervalHours: number | null
  readonly nextRunAt: string | null
  readonly selection: SelectionPolicy
  readonly lastDiscovery: {
    readonly at: string
    readonly repositories: number
    readonly tags: number
    readonly incompleteBecause: string | null
  } | null
  readonly progress: Progress | null
  readonly counts: ConnectionCounts
  /** Raised by every edit. */
  readonly version: number
  readonly createdAt: string
  readonly updatedAt: string
}

export interface ConnectionInput {
  readonly name: string
  readonly platform: string
  /** All fields by name, secret ones as plain text. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Default 24; null: only by hand. */
  readonly scanIntervalHours?: number | null | undefined
  readonly selection?: SelectionPolicy | undefined
  /** Default: the built-in one. */
  readonly engine?: string | undefined
}

export interface ConnectionPatch {
  /** The version that the edit is based on. */
  readonly version: number
  readonly name?: string | undefined
  /** Replaces all plain settings; an absent or empty secret keeps the stored one, unless the host changes; null removes it. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined
  readonly enabled?: boolean | undefined
  readonly scanIntervalHours?: number | null | undefined
  readonly selection?: SelectionPolicy | undefined
  readonly engine?: string | undefined
}

/** The five steps of a check, and the first failure in a form to show under the badge. */
export interface CheckResult {
  readonly ok: boolean
  readonly steps: readonly CheckStep[]
  readonly error: Reason | null
}

/**
 * An organisation's accounts at registries.
 * Each method throws AppError `connection-not-found` (not-found) for an id that is not this organisation's.
 */
export interface ConnectionService {
  /** In the order of the platforms table, as the organisation may use them. */
  platforms(orgId: string): readonly PlatformDescription[]
  /** By name, counts included. */
  list(orgId: string, page: PageRequest): Promise<Page<Connection>>
  get(orgId: string, id: string): Promise<Connection>
  /**
   * Saves, then checks: a refused sign-in leaves a connection in Error with the reason.
   * @throws AppError `settings-invalid` (invalid), `connection-name-taken` (conflict), `platform-unknown` (invalid); those of
   *   `checkEngine` for an engine that is not there
   */
  create(orgId: string, input: ConnectionInput): Promise<Connection>
  /** @throws AppError as `create`, `connection-changed` (conflict), `secret-needed` (invalid) when the host changed */
  edit(orgId: string, id: string, patch: ConnectionPatch): Promise<Connection>
  /** Its credentials at once; what was found stays. */
  remove(orgId: string, id: string): Promise<void>
  /** Checks settings that are not saved; empty secrets are taken from `connectionId` when the host is the same. */
  checkSettings(
    orgId: string,
    input: {
      readonly platform: string
      readonly settings: Readonly<Record<string, unknown>>
      readonly connectionId?: string | undefined
    },
    onStep?: OnCheckStep,
  ): Promise<CheckResult>
  /** Checks a stored connection and keeps the outcome as its status. */
  check(orgId: string, id: string): Promise<CheckResult>
}

/** Opens connections for work inside the server: the only way to a connection's secrets. */
export interface ConnectorSource {
  /** @throws AppError `connection-not-found` (not-found), `connection-disabled` (denied), the vault's and the platform's */
  openConnector(orgId: string, connectionId: string): Promise<RegistryConnector>
}
