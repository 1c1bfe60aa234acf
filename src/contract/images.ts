import { z } from 'zod'
import { digest, list, pageQuery, reason, severityCounts, time, rowId } from './shapes.ts'

export const repository = z.object({
  id: z.int(),
  host: z.string(),
  path: z.string(),
  connections: z.array(z.object({ id: z.uuid(), name: z.string() })),
  images: z.int(),
  tags: z.int(),
  lastSeenAt: time,
})

export const scanStatus = z.enum(['Pending', 'Scanning', 'Completed', 'Failed'])
export const lifecycle = z.enum(['Latest', 'Outdated', 'Pending'])
export const imageKind = z.enum(['image', 'chart', 'signature', 'attestation', 'other', 'unknown'])

export const image = z.object({
  id: z.int(),
  repository: z.object({ id: z.int(), host: z.string(), path: z.string() }),
  /** The first three, newest first; `tagCount` counts all. */
  tags: z.array(z.string()),
  tagCount: z.int(),
  digest,
  kind: imageKind,
  lifecycle,
  /** Path of the linked Dockerfile; null is shown as "Unlinked". */
  scmLink: z.string().nullable(),
  /** Its connections scan it by themselves. */
  selected: z.boolean(),
  /** Of an image that is neither selected nor scanned nor to be: the rule that leaves it out, as it goes on after "because"; else null. */
  unselectedBecause: z.string().nullable(),
  /** null for what is no image, and where `unselectedBecause` says why. */
  scanStatus: scanStatus.nullable(),
  scanReason: reason.nullable(),
  /** Rows of the worst platform, without what VEX statements say does not matter; null until the first scan is completed. */
  counts: severityCounts.nullable(),
  /** Rows that do not count, by VEX statements. */
  suppressed: z.int(),
  platforms: z.array(z.string()),
  pushedAt: time.nullable(),
  sizeBytes: z.number().nullable(),
  scannedAt: time.nullable(),
  /** Which engine speaks for it: an id of `scan-engines`. */
  engine: z.string(),
})

export const imageDetail = image.extend({
  allTags: z.array(z.string()),
  /** `endOfLife`: when support of the release ends or ended; null where no end is known. */
  os: z.object({ family: z.string(), release: z.string(), endOfLife: time.nullable() }).nullable(),
  packages: z.int().nullable(),
  platformDetails: z.array(
    z.object({
      platform: z.string(),
      manifestDigest: digest,
      sizeBytes: z.number().nullable(),
      counts: severityCounts.nullable(),
      /** null: it is not among the platforms that are to be scanned, or nothing of its image is. */
      scanStatus: scanStatus.nullable(),
      scanReason: reason.nullable(),
    }),
  ),
  notes: z.array(z.string()),
  /** Where another engine than the built-in one speaks: its version, and how old the vulnerability data was that it used. */
  engineDetails: z.object({ version: z.string(), databaseUpdatedAt: time.nullable() }).nullable(),
})

export const repositoryQuery = pageQuery.extend({
  connection: z.uuid().optional(),
  q: z.string().max(200).optional(),
})

export const imageQuery = pageQuery.extend({
  connection: z.uuid().optional(),
  repository: rowId.optional(),
  digest: digest.optional(),
  status: list(scanStatus).optional(),
  lifecycle: list(lifecycle).optional(),
  /** Default: images and what is not known yet; `all` shows charts, signatures and the rest too. */
  kind: z.enum(['image', 'all']).default('image'),
  q: z.string().max(200).optional(),
})

export type Repository = z.infer<typeof repository>
export type Image = z.infer<typeof image>
export type ImageDetail = z.infer<typeof imageDetail>
export type Lifecycle = z.infer<typeof lifecycle>
export type ImageKind = z.infer<typeof imageKind>
export type ScanStatus = z.infer<typeof scanStatus>
