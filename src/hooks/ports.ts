/** What became of an event: `accepted` started a discovery; `ignored` concerns no image, or the connection is disabled. */
export type HookOutcome = 'accepted' | 'ignored' | 'refused' | 'invalid'

export interface HookEvent {
  /** RFC 3339. */
  readonly at: string
  readonly outcome: HookOutcome
  /** As the registry names them; the first ten. */
  readonly repositories: readonly string[]
  /** Why it was refused, ignored or not read. */
  readonly message: string | null
}

/** How a connection is told of pushes. */
export interface ConnectionHook {
  /** false: the platform tells nobody; discovery finds pushes by looking. */
  readonly supported: boolean
  /** What proves that an event is the platform's, beside the address that nobody can guess. */
  readonly proof: string | null
  /** What a person does at the platform; `{address}` and `{secret}` stand for what follows. */
  readonly steps: readonly string[]
  readonly sample: { readonly label: string; readonly text: string } | null
  /** null until one is made; without an origin where the server was not told its own (PORTOLAN_BASE_URL). */
  readonly address: string | null
  readonly secret: string | null
  /** RFC 3339; when address and secret were made. */
  readonly createdAt: string | null
  /** Newest first, 50 at most. */
  readonly events: readonly HookEvent[]
}

/** Addresses of an organisation. Each method throws AppError `connection-not-found` (not-found) for an id that is not its own. */
export interface HookService {
  get(orgId: string, connectionId: string): Promise<ConnectionHook>
  /**
   * Makes an address and a secret; what there was before is refused from now on.
   * @throws AppError `hook-unsupported` (unsupported)
   */
  rotate(orgId: string, connectionId: string): Promise<ConnectionHook>
  /** Ends the address; nothing happens where there is none. */
  remove(orgId: string, connectionId: string): Promise<void>
}

/** An event as it arrived. */
export interface ArrivedEvent {
  /** Last segment of the address. */
  readonly token: string
  /** `https://portolan.example.com`: of this server, as the sender addressed it. */
  readonly origin: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
}

export interface HookReceiver {
  /**
   * Reads an event and hands on which repositories to look at.
   * @throws AppError `hook-not-found` (not-found) for an address that is nobody's; `notification-refused` (auth),
   *   `notification-invalid` (invalid) as the platform reads it
   */
  receive(event: ArrivedEvent): Promise<void>
}
