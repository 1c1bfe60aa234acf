import { z } from 'zod'
import type { Secret } from '../../../core/index.ts'
import {
  optionalText,
  parseSettings,
  requiredSecret,
  requiredText,
  type Transport,
  transportOf,
  transportShape,
} from '../../index.ts'

export interface GhcrSettings {
  readonly username: string
  readonly token: Secret<string>
  /** As written in the form; GitHub takes it in any case. */
  readonly owner: string
  /** Of the REST API, with its path and without a slash at its end. */
  readonly apiUrl: string
  readonly registryHost: string
  readonly transport: Transport
}

const account = /^[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?$/i
const hostName = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/i

/**
 * The API of what a person may have written. github.com has it at api.github.com, data residency at api.SUBDOMAIN.ghe.com,
 * a server below /api/v3 (docs.github.com, REST API endpoints of GitHub Enterprise Server).
 */
export function apiAddress(text: string): string | undefined {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`)
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined
  if (url.search !== '' || url.hash !== '' || !/^\/(?:api\/v3\/?)?$/.test(url.pathname)) return undefined
  if (url.host === 'github.com' || url.host === 'api.github.com') return 'https://api.github.com'
  if (url.hostname.endsWith('.ghe.com')) return `https://${url.host.replace(/^(?:api\.)?/, 'api.')}`
  return `${url.origin}/api/v3`
}

/** Where the registry of an API is, unless somebody says otherwise. */
function registryOf(apiUrl: string): string {
  const { host } = new URL(apiUrl)
  return host === 'api.github.com' ? 'ghcr.io' : `containers.${host.replace(/^api\./, '')}`
}

const form = z.object({
  username: requiredText(100, 'The username is missing.').refine((text) => account.test(text), {
    message: 'That is not a GitHub username: write it without @ and without a domain.',
  }),
  token: requiredSecret('The token is missing.'),
  owner: requiredText(100, 'The user or organization is missing.').refine((text) => account.test(text), {
    message: 'Write the name only, as in github.com/NAME.',
  }),
  apiUrl: optionalText(500).refine((text) => text === undefined || apiAddress(text) !== undefined, {
    message: 'Write it as https://github.example.com/api/v3; leave it empty for github.com.',
  }),
  registryHost: optionalText(255).refine((text) => text === undefined || hostName.test(text), {
    message: 'Write a host only, such as containers.github.example.com.',
  }),
  ...transportShape,
})

/** @throws AppError `settings-invalid` (invalid) */
export function readSettings(settings: unknown): GhcrSettings {
  const values = parseSettings(form, settings)
  const apiUrl = apiAddress(values.apiUrl ?? 'api.github.com') ?? ''
  return {
    username: values.username,
    token: values.token,
    owner: values.owner,
    apiUrl,
    registryHost: values.registryHost?.toLowerCase() ?? registryOf(apiUrl),
    transport: transportOf(values),
  }
}

/** What is read of the answers (REST API description, `package`, `package-version`, `simple-user`); the rest is left. */
export const accountAnswer = z.object({ login: z.string().max(255), type: z.string().max(50) })

export const packagesAnswer = z
  .array(z.object({ name: z.string().max(255), updated_at: z.string().max(50).nullish() }))
  .max(1000)

export const versionsAnswer = z
  .array(
    z.object({
      name: z.string().max(255),
      created_at: z.string().max(50).nullish(),
      updated_at: z.string().max(50).nullish(),
      metadata: z.object({ container: z.object({ tags: z.array(z.string().max(255)) }).nullish() }).nullish(),
    }),
  )
  .max(1000)

export type Versions = z.output<typeof versionsAnswer>
