import { setTimeout as sleep } from 'node:timers/promises'
import type { Built } from './image-builder/index.ts'
import type { Internet, InternetOptions } from './internet.ts'
import { pushBuilt, type RegistryServer } from './registry-server/index.ts'
import { Quota, type QuotaOptions, type QuotaRule } from './quota.ts'

/** A platform as it is in the world, faked: its hosts on an internet of our own, its content in our hands. */
export interface PlatformWorld {
  readonly internet: Internet
  /** As image references name the registry. */
  readonly host: string
  /** A form that connects it. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Credentials that it refuses. */
  readonly wrongSettings: Readonly<Record<string, unknown>>
  /** Credentials that may sign in but not list; undefined where the platform has no such thing. */
  readonly deniedSettings?: Readonly<Record<string, unknown>>
  /** Names that the platform allows, at least three, as `repositories()` must give them; the last as deep as it goes. */
  readonly repositories: readonly [string, string, string, ...string[]]
  /** Whether listings say when a tag was pushed. */
  readonly knowsPushDates: boolean
  /** Whether listings say a tag's digest without a further request. */
  readonly knowsDigests: boolean
  /** Whether a repository without tags is listed. */
  readonly listsEmptyRepositories: boolean
  /**
   * Points a tag at an image, as a push does.
   * @param pushedAt milliseconds since the epoch
   */
  push(repository: string, tag: string, built: Built, pushedAt: number): void
  /** Removes a tag. */
  untag(repository: string, tag: string): void
  /** Removes a repository with all that is in it; one that was never pushed to appears empty by `addRepository`. */
  removeRepository(repository: string): void
  addRepository(repository: string): void
  /** What was handed out so far is no longer taken; new tokens are. */
  expireTokens(): void
  /** Requests so far that listed repositories, tags or contents (not: signing in, pulling). */
  listingRequests(): number
  close(): Promise<void>
}

export interface PlatformWorldOptions {
  /** Entries of a page at most, below what the platform itself gives at most. */
  readonly pageSize?: number
  /** Waits before each answer, milliseconds. For benchmarks. */
  readonly latency?: number
  /** Enforces what the platform's documentation allows; without, nothing is ever too much. */
  readonly quota?: QuotaOptions
}

/** The internet of such a world. @param rules what the platform allows */
export function internetOptions(
  { latency = 0, quota }: PlatformWorldOptions,
  rules: readonly QuotaRule[] = [],
): InternetOptions {
  return {
    ...(latency > 0 ? { delay: () => sleep(latency) } : {}),
    quota: quota === undefined ? undefined : new Quota(rules, quota),
  }
}

type Content = Pick<PlatformWorld, 'push' | 'untag'>

/** Content of a platform whose API and whose registry show the same. */
export function contentOf(listed: Content, registry: RegistryServer): Content {
  return {
    push(repository, tag, built, pushedAt) {
      listed.push(repository, tag, built, pushedAt)
      pushBuilt(registry, repository, [tag], built)
    },
    untag(repository, tag) {
      listed.untag(repository, tag)
      registry.deleteTag(repository, tag)
    },
  }
}
