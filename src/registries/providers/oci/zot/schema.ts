import { z } from 'zod'

// Only what is read (project-zot/zot, pkg/extensions/search/schema.graphql): every field may be null there.

const image = z.object({
  Tag: z.string().nullish(),
  Digest: z.string().nullish(),
  MediaType: z.string().nullish(),
  /** Bytes of manifest, config and layers, as text. */
  Size: z.string().nullish(),
  PushTimestamp: z.string().nullish(),
  TaggedTimestamp: z.string().nullish(),
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
