import { z } from 'zod'
import { type Digest, isDigest } from '../core/index.ts'

/** Shapes of OCI and Docker documents: only what is read; unknown fields are ignored (image-spec, considerations.md). */
const digest = z.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'not a sha256 digest',
)
const annotations = z.record(z.string(), z.string()).nullish()

const platform = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
  'os.version': z.string().optional(),
})

const descriptor = z.object({
  mediaType: z.string().default(''),
  digest,
  size: z.int().nonnegative(),
  annotations,
  artifactType: z.string().optional(),
})

export const manifestSchema = z.object({
  mediaType: z.string().default(''),
  artifactType: z.string().default(''),
  config: descriptor,
  layers: z.array(descriptor).max(1_000),
  annotations,
})

export const indexSchema = z.object({
  mediaType: z.string().default(''),
  manifests: z.array(descriptor.extend({ platform: platform.nullish() })).max(2_000),
  annotations,
})

export const configSchema = z.object({
  os: z.string().default(''),
  architecture: z.string().default(''),
  variant: z.string().optional(),
  created: z.string().nullish(),
  rootfs: z.object({ diff_ids: z.array(digest).max(1_000).nullish() }).nullish(),
  history: z
    .array(
      z.object({
        created: z.string().nullish(),
        created_by: z.string().nullish(),
        empty_layer: z.boolean().nullish(),
      }),
    )
    .max(10_000)
    .nullish(),
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
})

/** `manifest.json` of a `docker save` archive (moby, image/spec, Combined Image JSON + Filesystem Changeset Format). */
export const archiveSchema = z
  .array(
    z.object({
      Config: z.string(),
      RepoTags: z.array(z.string()).nullish(),
      Layers: z.array(z.string()).max(1_000),
    }),
  )
  .min(1)
  .max(1_000)

export type DescriptorDocument = z.infer<typeof descriptor>
