import { z } from 'zod'
import { isRepositoryName, type Secret, strip } from '../../../core/index.ts'
import {
  optionalText,
  parseSettings,
  requiredSecret,
  requiredText,
  textLines,
  type Transport,
  transportOf,
  transportShape,
} from '../../index.ts'

export interface HubSettings {
  readonly credentials: { readonly username: string; readonly password: Secret<string> }
  /** undefined: all of the account. */
  readonly namespace: string | undefined
  /** `namespace/name`. Empty: ask. */
  readonly repositories: readonly string[]
  readonly transport: Transport
}

/** Of people and organizations; `library` holds the official images. */
const namespacePattern = /^[a-z0-9](?:[a-z0-9._-]{0,253}[a-z0-9])?$/

const usernamePattern = /^[a-z0-9_-][a-z0-9._-]*$/i

const hostPattern = /^(?:https?:\/\/)?(?:(?:index\.|registry-1\.)?docker\.io|hub\.docker\.com\/r)\//

/** `docker.io/acme/api`, `acme/api` or, for an official image, `debian`; by its one name. */
export function repositoryOf(text: string): string {
  const name = text.replace(hostPattern, '')
  return name.includes('/') ? name : `library/${name}`
}

const isHubName = (name: string): boolean => isRepositoryName(name) && name.split('/').length === 2

/** A namespace however it was written. */
export const bare = (text: string): string => strip(text.trim(), '/').toLowerCase()

const form = z.object({
  username: requiredText(255, 'The user name is missing: that of a person, or of an organization.'),
  password: requiredSecret('The password or token is missing.'),
  namespace: optionalText(255).refine((text) => text === undefined || namespacePattern.test(bare(text)), {
    message: 'Write a namespace only, such as acme: the part of a repository name before the slash.',
  }),
  repositories: textLines(10_000),
  ...transportShape,
})

const schema = form.superRefine((values, context) => {
  const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  if (!usernamePattern.test(values.username)) {
    issue('username', 'Write the user name or the name of the organization, not an e-mail address.')
  }
  const wrong = values.repositories.find((name) => !isHubName(repositoryOf(name)))
  if (wrong !== undefined) {
    issue(
      'repositories',
      `"${wrong.slice(0, 100)}" is not a repository of Docker Hub: write names like acme/api, one a line, without a tag.`,
    )
  }
})

/** @throws AppError `settings-invalid` (invalid) */
export function readSettings(settings: unknown): HubSettings {
  const values = parseSettings(schema, settings)
  return {
    credentials: { username: values.username, password: values.password },
    namespace: values.namespace === undefined ? undefined : bare(values.namespace),
    repositories: [...new Set(values.repositories.map(repositoryOf))],
    transport: transportOf(values),
  }
}

const visibleAscii = /^[\x21-\x7e]{1,16384}$/

/** `POST /v2/auth/token` */
export const tokenAnswer = z.object({ access_token: z.string().regex(visibleAscii) })

/** `GET /v2/repositories/namespaces`; not described, used by Hub's own pages. */
export const namespacesAnswer = z.object({ namespaces: z.array(z.string()).max(10_000) })

const page = {
  count: z.number().int().nonnegative().optional(),
  next: z
    .string()
    .nullish()
    .transform((next) => next ?? null),
}

/** `GET /v2/namespaces/{namespace}/repositories` */
export const repositoriesAnswer = z.object({
  ...page,
  results: z.array(
    z.object({
      name: z.string(),
      namespace: z.string().optional(),
      repository_type: z.string().nullish(),
      is_private: z.boolean().optional(),
      last_updated: z.string().nullish(),
    }),
  ),
})
export type HubRepository = z.output<typeof repositoriesAnswer>['results'][number]

/** `GET /v2/namespaces/{namespace}/repositories/{repository}/tags` */
export const tagsAnswer = z.object({
  ...page,
  results: z.array(
    z.object({
      name: z.string(),
      digest: z.string().nullish(),
      media_type: z.string().nullish(),
      full_size: z.number().nullish(),
      last_updated: z.string().nullish(),
      tag_last_pushed: z.string().nullish(),
      images: z
        .array(
          z.object({
            architecture: z.string().nullish(),
            os: z.string().nullish(),
            size: z.number().nullish(),
          }),
        )
        .nullish(),
    }),
  ),
})
export type HubTag = z.output<typeof tagsAnswer>['results'][number]
