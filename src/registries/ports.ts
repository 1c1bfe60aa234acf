import type { Clock, Digest } from '../core/index.ts'
import type { ImageSource } from '../images/index.ts'
import type { HttpFactory } from '../platform/http/index.ts'
import type { PushNotifications } from './notifications.ts'

/** One field of a platform's form; the web draws the form from these and knows no platform by name. */
export interface PlatformField {
  readonly name: string
  readonly label: string
  /** `lines` is a list, one entry a line; `textarea` is one text of several lines. */
  readonly kind: 'text' | 'password' | 'url' | 'textarea' | 'lines' | 'boolean' | 'select'
  readonly required: boolean
  /** It may stay empty where the operator lets the organisation use this server's own cloud identity. */
  readonly orAmbient?: boolean
  /** Sealed when stored, never sent back. */
  readonly secret: boolean
  readonly help: string
  /** It decides where secrets are sent or who can read them on the way: a change demands them again. */
  readonly guardsSecrets?: boolean
  readonly placeholder?: string
  readonly options?: readonly { readonly value: string; readonly label: string }[]
  /** `transport`: how the registry is reached from here; forms keep these apart. */
  readonly group?: 'transport'
  /** Filled, it wants something of the operator's that is off by default: an unprotected way, or a proxy of the connection's own. */
  readonly needs?: 'insecure' | 'proxy'
}

/** What people are told about a platform before they connect it. */
export interface PlatformDescription {
  readonly id: string
  readonly label: string
  readonly summary: string
  /** Path of the documentation page, from the root of the repository. */
  readonly docs: string
  readonly fields: readonly PlatformField[]
  readonly permissions: readonly { readonly name: string; readonly why: string }[]
  /** A least-privilege policy to copy, where the platform has such a thing. */
  readonly policy: { readonly label: string; readonly text: string } | null
  /** What the platform allows, by its documentation; empty where nothing is published. */
  readonly limits: readonly RequestLimit[]
}

/** A published limit: so many requests of one kind in so many seconds. */
export interface RequestLimit {
  /** Requests that are counted together: `api`, `registry`, ... */
  readonly bucket: string
  readonly requests: number
  readonly seconds: number
  /** Most of them side by side. */
  readonly atOnce?: number
  /** Where it is said, for the platform's page. */
  readonly source: string
}

/** A connection's share of what its platform allows, over all workers. */
export interface RequestBudget {
  /**
   * Waits until a request of this bucket may be sent.
   *
   * @returns what to call when it was answered or failed: it frees a place where the limit is also on requests side by side
   * @throws AppError `cancelled`; `registry-rate-limited` when the wait is too long
   */
  take(bucket: string, signal?: AbortSignal): Promise<() => void>
  /** What an answer said of the bucket: how many requests are left until when (milliseconds since the epoch). Holds for all who share it. */
  report(bucket: string, told: { readonly remaining: number; readonly resetAt: number }): void
}

/** An answer that may be asked for again by its ETag. */
export interface RememberedAnswer {
  readonly etag: string
  readonly contentType: string | undefined
  readonly link: string | undefined
  /** gzip. */
  readonly body: Uint8Array
}

/** Answers that connectors of one connection got, for those that come after them. May forget any of them at any time. */
export interface AnswerMemory {
  get(key: string): RememberedAnswer | undefined
  set(key: string, answer: RememberedAnswer): unknown
}

/** What a provider needs of its surroundings. */
export interface RegistryEnvironment {
  /** Makes the one outgoing client of a connection; who may be reached was decided by whoever made the factory. */
  readonly http: HttpFactory
  readonly clock: Clock
  /** Without one, requests are not paced. */
  readonly budget?: RequestBudget
  /** Without it, nothing is asked for conditionally. */
  readonly answers?: AnswerMemory
  /** Whether the server's own cloud identity may speak for this connection. Default false: never by accident. */
  readonly allowAmbientCredentials?: boolean
  /** Ends everything that the connector has under way. */
  readonly signal?: AbortSignal
}

/** A family of registries: its form, and how a filled form becomes a connector. */
export interface RegistryProvider {
  readonly description: PlatformDescription
  /** How the platform tells of pushes; null: it does not. */
  readonly notifications: PushNotifications | null
  /**
   * Reads a filled form; nothing is sent yet.
   *
   * @param settings values by field name; secret ones as `Secret<string>`, empty ones absent, '' or null
   *   A stored secret that nobody has opened yet stands there as `unseenSecret`: it is not wrong, whatever its form should be.
   * @throws AppError `settings-invalid` (invalid) with `fields`: field name → what is wrong with it
   */
  open(settings: Readonly<Record<string, unknown>>, environment: RegistryEnvironment): RegistryConnector
}

export const CHECK_STEPS = ['network', 'tls', 'sign-in', 'list', 'pull'] as const

/** One finding of a connection test, in the order of `CHECK_STEPS`. */
export interface CheckStep {
  readonly id: (typeof CHECK_STEPS)[number]
  readonly state: 'passed' | 'failed' | 'skipped' | 'warning'
  readonly message: string
  readonly remedy: string | null
  /** Code of the error when the step failed. */
  readonly code: string | null
}

/** Told each step of a check as it is known, in the order of `CHECK_STEPS`. */
export type OnCheckStep = (step: CheckStep) => void

export interface CheckOptions {
  readonly signal?: AbortSignal | undefined
  readonly onStep?: OnCheckStep | undefined
}

/** A repository as a listing gives it. */
export interface ListedRepository {
  readonly name: string
  /**
   * Changes whenever what its tags point to may have changed: the same text as in an earlier listing means that nothing did.
   * null: the platform does not say.
   */
  readonly revision: string | null
}

/** `nextCursor` resumes after this page, in this process or a later one; null on the last page. */
export interface RepositoryPage {
  readonly repositories: readonly ListedRepository[]
  readonly nextCursor: string | null
}

/** How far a listing goes. */
export interface ListingOptions {
  /** Where an earlier listing stopped. */
  readonly cursor?: string | undefined
  /**
   * Milliseconds since the epoch. Only what was pushed or moved at or after this moment is wanted: a platform that lists the
   * newest first, and shows that it does, may stop there.
   */
  readonly since?: number | undefined
  /**
   * What the last listing of everything left for the next one (`ContentPage.memo`). With `since`, a platform may leave out what was
   * empty then, as long as it looks there in turn; without, it lists everything all the same.
   */
  readonly memo?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** A tag as a listing gives it; null is what this registry does not say there (then `resolve` knows more). */
export interface ListedTag {
  readonly name: string
  readonly digest: Digest | null
  /** Milliseconds since the epoch. */
  readonly pushedAt: number | null
  readonly mediaType: string | null
  /** Compressed bytes of the whole image. */
  readonly size: number | null
}

export interface TagPage {
  readonly tags: readonly ListedTag[]
  readonly nextCursor: string | null
  /** On the last page: older tags were left out because of `since`, so nothing can be said of what is not named. */
  readonly partial?: boolean
}

/** Tags of several repositories; a repository may come back on a later page with more tags. */
export interface ContentPage {
  readonly repositories: readonly { readonly name: string; readonly tags: readonly ListedTag[] }[]
  readonly nextCursor: string | null
  /** As in `TagPage`: nothing can be said of repositories and tags that are not named. */
  readonly partial?: boolean
  /** On the last page: what the next listing is to be told. Short, nothing secret, nobody else's to read. */
  readonly memo?: string
}

/** What a tag points to. */
export interface ResolvedTag {
  readonly digest: Digest
  readonly mediaType: string
  /** Bytes of the manifest; null when the registry did not say. */
  readonly size: number | null
}

/**
 * One connection, opened. Every method may throw the errors of docs/errors/registries.md and of the HTTP client;
 * after refused credentials no method asks the registry again, so that no account is locked out.
 */
export interface RegistryConnector {
  /** `host` or `host:port`, as image references write it. */
  readonly host: string
  /**
   * Its repositories are at several registry hosts: every name that it gives and takes then begins with the host, as in
   * `eu.example.com/acme/api`, and `host` only stands for all of them. `placeOf` and `nameAt` translate.
   */
  readonly spansHosts?: boolean
  /** Plain HTTP or unverified TLS: shown as a lasting mark. */
  readonly insecure: boolean
  /** Tries the connection for real, with few requests; never throws for what it finds. */
  check(options?: CheckOptions): Promise<readonly CheckStep[]>
  /** Page by page, so that a large registry is never held in memory; ends early only by throwing. */
  repositories(options?: ListingOptions): AsyncIterable<RepositoryPage>
  /** @throws AppError `repository-not-found` (not-found) when the repository left since it was listed */
  tags(repository: string, options?: ListingOptions): AsyncIterable<TagPage>
  /**
   * Everything in one listing, where that takes fewer requests than asking repository by repository. Discovery asks for this
   * instead of the two above where it is there; a repository without tags is not in it.
   */
  contents?(options?: ListingOptions): AsyncIterable<ContentPage>
  /** @throws AppError `manifest-not-found` (not-found) when the tag left since it was listed */
  resolve(repository: string, tag: string, signal?: AbortSignal): Promise<ResolvedTag>
  /** For pulling; lives as long as the connector. */
  source(repository: string): ImageSource
  /** Frees sockets; what is under way fails. */
  close(): Promise<void>
}
