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

export const imageList = z.object({
  data: z.object({
    ImageList: z.object({
      Page: z.object({ TotalCount: z.number().int() }),
      Results: z.array(image),
    }),
  }),
})

export type ZotImage = z.output<typeof image>
export type ZotImages = z.output<typeof imageList>['data']['ImageList']
