import { z } from 'zod'

const email = z
  .string()
  .max(200)
  .regex(/^[a-z0-9._-]+@[a-z0-9.-]+\.gserviceaccount\.com$/i)

/** Key files name one of these; whatever they name, only the first is ever asked. */
const tokenAddresses = ['https://oauth2.googleapis.com/token', 'https://accounts.google.com/o/oauth2/token']

/** A key file as Google Cloud makes it (IAM, "Create and delete service account keys"). */
export const keyFile = z.object({
  type: z.literal('service_account'),
  client_email: email,
  private_key_id: z
    .string()
    .regex(/^[0-9a-z]{1,64}$/i)
    .optional(),
  private_key: z.string().max(10_000),
  token_uri: z.enum(tokenAddresses).optional(),
  universe_domain: z.literal('googleapis.com').optional(),
})

/** Where platforms mount the tokens of workloads; a configuration must not make the server read any other file. */
const mounted = /^\/(?:var\/)?run\/(?:secrets|service-account)\/(?!.*\.\.)[\w./-]{1,300}$/

const impersonation =
  /^https:\/\/iamcredentials\.googleapis\.com\/v1\/projects\/-\/serviceAccounts\/([^/:]+):generateAccessToken$/

/**
 * A configuration of workload identity federation (AIP-4117). It may come from anybody who edits a connection, so every address
 * in it is pinned, and the token can only be one that was mounted for this server.
 */
export const federationFile = z.object({
  type: z.literal('external_account'),
  audience: z.string().regex(/^\/\/iam\.googleapis\.com\/[\w./-]{1,500}$/),
  subject_token_type: z.string().regex(/^urn:ietf:params:oauth:token-type:[a-z0-9_-]{1,40}$/),
  token_url: z.literal('https://sts.googleapis.com/v1/token'),
  service_account_impersonation_url: z
    .string()
    .transform((text) => impersonation.exec(text)?.[1])
    .pipe(email)
    .optional(),
  credential_source: z.object({
    file: z.string().regex(mounted),
    format: z
      .discriminatedUnion('type', [
        z.object({ type: z.literal('text') }),
        z.object({ type: z.literal('json'), subject_token_field_name: z.string().max(100) }),
      ])
      .optional(),
  }),
  universe_domain: z.literal('googleapis.com').optional(),
})

const lifetime = z.number().positive().max(86_400)
const token = z.string().regex(/^[\x21-\x7e]{1,16384}$/)

/** Of the token endpoints (RFC 6749, 5.1; RFC 8693, 2.2.1). */
export const tokenAnswer = z.object({ access_token: token, expires_in: lifetime })

/** Of `serviceAccounts.generateAccessToken` (IAM credentials API). */
export const impersonationAnswer = z.object({
  accessToken: token,
  expireTime: z.iso.datetime({ offset: true }),
})
