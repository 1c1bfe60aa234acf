import { z } from 'zod'

// Only what is read (project-zot/zot, pkg/extensions/search/schema.graphql): every field may be null there.

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

const image = z.object({
  Tag: text,
  Digest: text,
  MediaType: text,
  /** Bytes of manifest, config and layers. */
  Size: text,
  PushTimestamp: text,
  TaggedTimestamp: text,
})

const imageList = z.object({
  Page: z.object({ TotalCount: z.number().int() }),
  Results: z.array(image),
})

/** Lists by the names that the query gave them. */
export const imageLists = z.object({ data: z.record(z.string(), imageList) })

export type ZotImage = z.output<typeof image>
export type ZotImages = z.output<typeof imageList>
