import { z } from 'zod'

// Only what is read (goharbor/harbor, api/v2.0/swagger.yaml); Go leaves out what is empty.

export const generalInfo = z.object({
  auth_mode: z.string().nullish(),
  /** `v2.15.2-abc12345`; given only to who is signed in. */
  harbor_version: z.string().nullish(),
})

export const projects = z.array(z.object({ project_id: z.number().int(), name: z.string() })).nullable()

export const repositories = z
  .array(z.object({ id: z.number().int(), name: z.string(), update_time: z.string().nullish() }))
  .nullable()

const tag = z.object({ name: z.string(), push_time: z.string().nullish() })

export const artifacts = z
  .array(
    z.object({
      id: z.number().int(),
      digest: z.string(),
      manifest_media_type: z.string().optional(),
      size: z.number().optional(),
      tags: z.array(tag).nullish(),
    }),
  )
  .nullable()

export type HarborRepository = NonNullable<z.output<typeof repositories>>[number]
export type HarborArtifact = NonNullable<z.output<typeof artifacts>>[number]
