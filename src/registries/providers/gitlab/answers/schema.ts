import { z } from 'zod'

/** What is read of GitLab's answers; the rest is left. */

const text = z.string().max(1000)

/** `GET /personal_access_tokens/self` (lib/api/entities/personal_access_token.rb). */
export const tokenAnswer = z.object({ scopes: z.array(z.string().max(100)).max(100).optional() })

/** `GET .../registry/repositories` (lib/api/entities/container_registry.rb). */
export const repositoriesAnswer = z
  .array(z.object({ id: z.number().int().nonnegative(), path: text, status: text.nullish() }))
  .max(1000)

/** Of GraphQL (spec.graphql.org, Response Format): `data` may be there beside errors. */
export const graphqlAnswer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).nullish(),
})

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: text.nullish() })

/** app/graphql/types/project_type.rb, container_registry/container_repository_type.rb */
export const projectsData = z
  .object({
    nodes: z
      .array(
        z
          .object({
            fullPath: text,
            containerRepositories: z
              .object({
                nodes: z
                  .array(z.object({ id: text, path: text, status: text.nullish() }).nullable())
                  .max(1000),
                pageInfo,
              })
              .nullish(),
          })
          .nullable(),
      )
      .max(1000),
    pageInfo,
  })
  .nullish()

export type Projects = NonNullable<z.output<typeof projectsData>>

/** app/graphql/types/container_registry/container_repository_details_type.rb */
export const publishedData = z.object({ lastPublishedAt: text.nullish() }).nullish()

/** app/graphql/types/container_registry/container_repository_tag_type.rb; a BigInt is written as text. */
export const tagsData = z
  .object({
    tags: z
      .object({
        nodes: z
          .array(
            z
              .object({
                name: text,
                digest: text.nullish(),
                mediaType: text.nullish(),
                publishedAt: text.nullish(),
                totalSize: z.union([z.string().regex(/^\d{1,15}$/), z.number()]).nullish(),
              })
              .nullable(),
          )
          .max(1000),
        pageInfo,
      })
      .nullish(),
  })
  .nullish()

/** `GET /gitlab/v1/repositories/<path>/tags/list/` (gitlab-org/container-registry, docs/spec/gitlab/api.md). */
export const nativeTagsAnswer = z
  .array(
    z.object({
      name: text,
      digest: text.nullish(),
      media_type: text.nullish(),
      size_bytes: z.number().nullish(),
      created_at: text.nullish(),
      updated_at: text.nullish(),
      published_at: text.nullish(),
    }),
  )
  .max(10_000)

export type NativeTag = z.output<typeof nativeTagsAnswer>[number]
