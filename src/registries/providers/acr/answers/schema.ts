import { z } from 'zod'
import { type Digest, isDigest, isRepositoryName, isTag } from '../../../../core/index.ts'

/** Answers of the registry and of Microsoft Entra ID, as far as they are read. */

const token = z
  .string()
  .min(1)
  .max(100_000)
  .regex(/^[\x21-\x7e]+$/)

export const entraAnswer = z.object({ access_token: token })

/** The codes of a refusal by Entra: `AADSTS7000215` is 7000215. */
export const entraRefusal = z.object({
  error: z.string().max(200).optional(),
  error_codes: z.array(z.int()).max(20).default([]),
})

export const refreshAnswer = z.object({ refresh_token: token })
export const accessAnswer = z.object({ access_token: token })

/** Claims of the registry's tokens (Azure/acr, docs/AAD-OAuth.md). */
export const refreshClaims = z.object({
  exp: z.number().optional(),
  permissions: z
    .preprocess(
      (value) => (typeof value === 'object' && value !== null ? lowerKeys(value) : value),
      z.object({ actions: z.array(z.string()).nullish() }),
    )
    .nullish(),
})

export const accessClaims = z.object({
  exp: z.number().optional(),
  access: z
    .array(z.object({ type: z.string(), name: z.string(), actions: z.array(z.string()).nullish() }))
    .nullish(),
})

export type AccessClaims = z.output<typeof accessClaims>

/** Both `actions` and `Actions` are seen. */
function lowerKeys(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name.toLowerCase(), one]))
}

export const refusalBody = z.object({
  errors: z
    .array(
      z.object({
        code: z.string().optional(),
        message: z.string().optional(),
        detail: z.unknown().optional(),
      }),
    )
    .min(1),
})

export const refusalDetail = z
  .array(z.object({ Type: z.string().max(100), Name: z.string().max(300), Action: z.string().max(200) }))
  .min(1)

/** Names that no repository has are left out: nothing else is ever put in a path. */
export const catalogAnswer = z.object({
  repositories: z
    .array(z.string())
    .nullable()
    .transform((names) => (names ?? []).filter(isRepositoryName)),
})

function asDigest(text: string | null | undefined): Digest | null {
  return text && isDigest(text) ? text : null
}

const date = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

export const tagsAnswer = z.object({
  tags: z
    .array(
      z.object({
        name: z.string(),
        digest: z.string().nullish().catch(null),
        lastUpdateTime: date.nullish().catch(null),
      }),
    )
    .nullable()
    .transform((tags) =>
      (tags ?? []).flatMap(({ name, digest, lastUpdateTime }) =>
        isTag(name) ? [{ name, digest: asDigest(digest), pushedAt: lastUpdateTime ?? null }] : [],
      ),
    ),
})

/** https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference */
export const webhookEvent = z.object({
  action: z.string().max(100),
  target: z
    .object({
      repository: z.string().refine(isRepositoryName),
      tag: z
        .string()
        .nullish()
        .transform((tag) => (tag && isTag(tag) ? tag : null)),
    })
    .optional()
    .catch(undefined),
})
