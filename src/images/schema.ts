import { z } from 'zod'
import { type Digest, isDigest, safeText } from '../core/index.ts'
import { imageError } from './errors.ts'

/** Shapes of OCI and Docker documents: only what is read; unknown fields are ignored (image-spec, considerations.md). */
const digest = z.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'not a sha256 digest',
)
/** Annotations and labels. A hostile document has a hundred thousand: `z.record` takes seconds for them. */
const texts = z.custom<Readonly<Record<string, string>>>(isOfTexts, 'not an object of texts')
const annotations = texts.nullish()

function isOfTexts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const record = value as Readonly<Record<string, unknown>>
  for (const key in record) if (typeof record[key] !== 'string') return false
  return true
}

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
  config: z.object({ Labels: texts.nullish() }).nullish(),
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
export type ManifestDocument = z.infer<typeof manifestSchema>
export type IndexDocument = z.infer<typeof indexSchema>
export type ArchiveDocument = z.infer<typeof archiveSchema>

/** What is being read, for the error that says it cannot be. */
interface Reading {
  readonly code: string
  /** Begins the sentence: `Manifest sha256:...`. */
  readonly what: string
}

/** Parses JSON that a registry or an archive gave. @throws AppError with the reading's code */
export function parseJson(bytes: Uint8Array, { code, what }: Reading): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw imageError({ code, about: `${what} is not JSON.`, cause })
  }
}

/** Gives a document its shape. @throws AppError with the reading's code that names the first field that does not fit */
export function parseShape<S extends z.ZodType>(
  schema: S,
  document: unknown,
  { code, what }: Reading,
): z.infer<S> {
  const result = schema.safeParse(document)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const where = issue === undefined || issue.path.length === 0 ? '' : `"${issue.path.join('.')}": `
  throw imageError({ code, about: `${what} is not valid: ${safeText(`${where}${issue?.message ?? ''}`)}.` })
}
