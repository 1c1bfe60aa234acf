import { z } from 'zod'
import type { Secret } from '../../../core/index.ts'
import {
  optionalText,
  parseSettings,
  requiredSecret,
  requiredText,
  switchedOn,
  type Transport,
  transportOf,
  transportShape,
} from '../../index.ts'

export interface QuaySettings {
  readonly token: Secret<string>
  readonly namespace: string
  /** Scheme, host and port. */
  readonly origin: string
  /** `host` or `host:port`. */
  readonly host: string
  readonly plainHttp: boolean
  readonly transport: Transport
}

const form = z.object({
  token: requiredSecret('The token is missing.'),
  namespace: requiredText(255, 'The namespace is missing: an organization or a user.').refine(
    (text) => /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/.test(text),
    { message: 'Write a namespace only, such as mycompany: the part of a repository name before the slash.' },
  ),
  baseUrl: optionalText(500),
  allowPlainHttp: switchedOn,
  ...transportShape,
})

const withScheme = (text: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`

function urlProblem(text: string, allowPlainHttp: boolean): string | undefined {
  const url = URL.parse(withScheme(text))
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    return 'Write the address as https://quay.example.com.'
  }
  if (url.username !== '' || url.password !== '') return 'Leave out user name and password.'
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return 'Leave out the path: the namespace has a field of its own.'
  }
  if (url.protocol === 'http:' && !allowPlainHttp) {
    return 'Plain HTTP sends the token unprotected. Use https://, or switch on "Allow plain HTTP".'
  }
  return undefined
}

const schema = form.superRefine(({ baseUrl, allowPlainHttp }, context) => {
  const message = baseUrl === undefined ? undefined : urlProblem(baseUrl, allowPlainHttp)
  if (message !== undefined) context.addIssue({ code: 'custom', path: ['baseUrl'], message })
})

/** @throws AppError `settings-invalid` (invalid) */
export function readSettings(settings: unknown): QuaySettings {
  const values = parseSettings(schema, settings)
  const url = new URL(withScheme(values.baseUrl ?? 'https://quay.io'))
  return {
    token: values.token,
    namespace: values.namespace,
    origin: url.origin,
    host: url.host,
    plainHttp: url.protocol === 'http:',
    transport: transportOf(values),
  }
}

/** `GET /api/v1/repository` (quay/quay, endpoints/api/repository_models_interface.py, `to_dict`) */
export const repositoriesAnswer = z.object({
  repositories: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      kind: z.string().optional(),
      state: z.string().nullish(),
      is_public: z.boolean().optional(),
      is_starred: z.boolean().optional(),
      last_modified: z.number().nullish(),
    }),
  ),
  next_page: z.string().max(4096).nullish(),
})
export type RepositoriesAnswer = z.output<typeof repositoriesAnswer>
export type QuayRepository = RepositoriesAnswer['repositories'][number]

/** `GET /api/v1/repository/{repository}/tag/` (quay/quay, endpoints/api/tag.py, `_tag_dict`) */
export const tagsAnswer = z.object({
  tags: z.array(
    z.object({
      name: z.string(),
      manifest_digest: z.string().nullish(),
      size: z.number().nullish(),
      start_ts: z.number().nullish(),
      last_modified: z.string().nullish(),
    }),
  ),
  has_additional: z.boolean(),
})
export type QuayTag = z.output<typeof tagsAnswer>['tags'][number]
