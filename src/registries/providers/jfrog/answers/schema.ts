import { z } from 'zod'
import { type Digest, digestFromHex, isRepositoryName, isTag } from '../../../../core/index.ts'
import { instantOf } from '../../../index.ts'

/** Answers of Artifactory, as far as they are read. JFrog publishes no description: sources stand in this provider's README. */

const lower = z
  .string()
  .max(100)
  .transform((text) => text.toLowerCase())

/** `GET /api/repositories/<key>`: others than administrators get a part. */
export const repositoryAnswer = z.object({
  key: z.string(),
  rclass: lower,
  packageType: lower.optional(),
  /** Of a virtual repository, in the order in which they are asked. */
  repositories: z.array(z.string()).max(10_000).nullish(),
})

/** `GET /api/repositories`: every repository that the account sees. */
export const repositoriesAnswer = z.array(
  z.object({ key: z.string(), type: lower, packageType: lower.optional() }),
)

/** Names that no image or tag has are left out. */
export const catalogAnswer = z.object({
  repositories: z
    .array(z.string())
    .nullable()
    .transform((names) => (names ?? []).filter(isRepositoryName)),
})

export const tagsAnswer = z.object({
  tags: z
    .array(z.string())
    .nullable()
    .transform((names) => (names ?? []).filter(isTag)),
})

function digestOf(hex: string | null | undefined): Digest | null {
  return hex && /^[0-9a-f]{64}$/.test(hex) ? digestFromHex(hex) : null
}

/** One file that a search found. */
export const foundItem = z
  .object({
    repo: z.string().max(300),
    path: z.string().max(2000),
    name: z.string().max(300),
    modified: z.string().max(100).nullish(),
    sha256: z.string().max(100).nullish(),
  })
  .transform(({ repo, path, name, modified, sha256 }) => ({
    repo,
    path,
    name,
    /** Milliseconds since the epoch. */
    modifiedAt: instantOf(modified),
    digest: digestOf(sha256),
  }))

export type FoundItem = z.output<typeof foundItem>

/** What stands at the end of a search. */
export const searchRange = z.object({
  start_pos: z.number(),
  /** Stands there when the server gave fewer than it found. */
  notification: z.string().max(1000).nullish(),
})

/** `X-JFrog-Event-Auth` events of the docker domain; older versions send `data` without an envelope. */
const pushed = z.object({
  repo_key: z.string().max(300),
  image_name: z.string().refine(isRepositoryName),
  tag: z.string().max(300).nullish(),
})

export const dockerEvent = z.union([
  z.object({ domain: z.string().max(100), event_type: z.string().max(100), data: pushed }),
  pushed
    .extend({ event_type: z.string().max(100) })
    .transform(({ event_type, ...data }) => ({ domain: 'docker', event_type, data })),
])

/** What every event has; of other domains nothing else is known. */
export const anyEvent = z.object({ domain: z.string().max(100).optional(), event_type: z.string().max(100) })
