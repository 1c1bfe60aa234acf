import type { Clock, Secret } from '../core/index.ts'
import type { HttpFactory } from '../platform/http/index.ts'

/** An event as it arrived at a connection's address. */
export interface IncomingNotification {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** As received: signatures are over these bytes. 1 MiB at most. */
  readonly body: Uint8Array
  /** Of this connection's address; the platform was told it when it was set up. */
  readonly secret: Secret<string>
  /** The address itself, as the platform was told it. */
  readonly address: string
  /** The connection's plain settings. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** A hint that something changed; what did is asked of the registry. */
export interface NotifiedChange {
  /** As `repositories()` names it. */
  readonly repository: string
  readonly tag: string | null
  readonly action: 'push' | 'delete'
}

/** How a platform tells of pushes. */
export interface PushNotifications {
  /** What proves that an event is the platform's, beside the address that nobody can guess. */
  readonly proof: string
  /** What a person does at the platform, in order. `{address}` and `{secret}` stand for the connection's own. */
  readonly steps: readonly string[]
  /** Something to paste there, with the same placeholders. */
  readonly sample?: { readonly label: string; readonly text: string }
  /**
   * Checks an event's proof and reads it. An event that concerns no image (a ping, another kind of package) gives nothing.
   *
   * @throws AppError `notification-refused` (auth) when the proof is missing or wrong, `notification-invalid` (invalid) when it
   *   cannot be read
   */
  read(
    event: IncomingNotification,
    environment: { readonly http: HttpFactory; readonly clock: Clock },
  ): Promise<readonly NotifiedChange[]>
}
