import { z } from 'zod'
import { isDigest, isTag, type Digest } from '../../../core/index.ts'

/** Answers of the Artifact Registry API, as far as they are read. Lists that are empty are left out of them. */

const pageToken = z
  .string()
  .max(4096)
  .optional()
  .transform((text) => (text === '' ? undefined : text))

const time = z.iso
  .datetime({ offset: true })
  .nullish()
  .transform((text) => (text ? Date.parse(text) : undefined))

/** int64 comes as text (Google API design guide, JSON). */
const bytes = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
  .optional()

const mediaType = z.string().max(255).optional()

function page<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .max(1000)
    .default(() => [])
}

/** The last part of a resource's name; slashes in it are escaped. */
function lastPart(collection: string) {
  const begin = `/${collection}/`
  return z
    .string()
    .max(2000)
    .transform((name, context) => {
      const at = name.indexOf(begin)
      const part = at < 0 ? undefined : decoded(name.slice(at + begin.length))
      if (part !== undefined && part !== '') return part
      context.addIssue({ code: 'custom', message: `not the name of one of ${collection}` })
      return z.NEVER
    })
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value))
const tag = z.string().refine(isTag)

const imageName = lastPart('dockerImages')
  .transform((text) => {
    const at = text.lastIndexOf('@')
    return { image: text.slice(0, Math.max(at, 0)), digest: text.slice(at + 1) }
  })
  .pipe(z.object({ image: z.string().min(1), digest }))

const image = z.object({
  name: imageName,
  tags: page(tag),
  uploadTime: time,
  updateTime: time,
  mediaType,
  imageSizeBytes: bytes,
})

export const imagesAnswer = z.object({ dockerImages: page(image), nextPageToken: pageToken })

const location = z.object({
  locationId: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
})

export const locationsAnswer = z.object({ locations: page(location), nextPageToken: pageToken })

const repository = z.object({
  name: lastPart('repositories').pipe(z.string().regex(/^[a-z][a-z0-9.-]{0,62}$/)),
  format: z.string().max(100).optional(),
  mode: z.string().max(100).optional(),
})

export const repositoriesAnswer = z.object({ repositories: page(repository), nextPageToken: pageToken })

const packageItem = z.object({ name: lastPart('packages') })

export const packagesAnswer = z.object({ packages: page(packageItem), nextPageToken: pageToken })

const tagName = lastPart('tags').pipe(tag)

const version = z.object({
  name: lastPart('versions').pipe(digest),
  relatedTags: page(z.object({ name: tagName })),
  createTime: time,
  updateTime: time,
  metadata: z.object({ mediaType, imageSizeBytes: bytes }).optional(),
})

export const versionsAnswer = z.object({ versions: page(version), nextPageToken: pageToken })

export const tagsAnswer = z.object({ tags: page(z.object({ name: tagName })), nextPageToken: pageToken })

export const permissionsAnswer = z.object({ permissions: page(z.string().max(200)) })

export type ListedImage = z.output<typeof image>
export type ListedVersion = z.output<typeof version>

/** A refusal (google.rpc.Status in its JSON form); what is not as expected there is left out. */
const detail = z.object({
  '@type': z.string().catch(''),
  reason: z.string().catch(''),
  metadata: z.record(z.string(), z.string()).catch({}),
  retryDelay: z.string().catch(''),
})

export const refusalAnswer = z.object({
  error: z.object({
    message: z.string().catch(''),
    status: z.string().catch(''),
    details: z.array(detail).max(20).catch([]),
  }),
})
