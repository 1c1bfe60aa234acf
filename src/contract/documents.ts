import { z } from 'zod'
import { digest, pageQuery, severity, severityCounts, time, rowId } from './shapes.ts'

export const documentKind = z.enum(['sbom', 'vex'])

/** How an SBOM that is attached to an image agrees with what was found there. Lists of package URLs are cut at 50. */
export const sbomComparison = z.object({
  common: z.int(),
  /** Named by the SBOM, not found in the image. */
  onlyInSbom: z.int(),
  /** Found in the image, not named by the SBOM. */
  onlyInImage: z.int(),
  onlyInSbomPackages: z.array(z.string()),
  onlyInImagePackages: z.array(z.string()),
})

/** A document of an organisation: an SBOM, or VEX statements on an image. */
export const uploadedDocument = z.object({
  id: z.uuid(),
  kind: documentKind,
  name: z.string(),
  /** `cyclonedx 1.6`, `openvex`. */
  format: z.string(),
  /** Packages of an SBOM, statements of a VEX document. */
  entries: z.int(),
  imageId: z.int().nullable(),
  uploadedBy: z.string(),
  uploadedAt: time,
  /** `attached`: a scan found it attached to the image in its registry. */
  source: z.enum(['upload', 'attached']),
  /** Of its blob, and of the platform's manifest, where it is attached. */
  digest: digest.nullable(),
  manifestDigest: digest.nullable(),
  /** Of an attached SBOM. */
  comparison: sbomComparison.nullable(),
})

/** Characters of a document that is uploaded. */
export const LARGEST_UPLOAD = 8 * 1024 * 1024

export const documentUpload = z.object({
  kind: documentKind,
  /** Its file's name, for people. */
  name: z.string().min(1).max(200),
  /** The document itself, as text. */
  content: z.string().min(1).max(LARGEST_UPLOAD),
  /** The image that it is about; VEX needs one. */
  imageId: z.int().min(1).max(2_147_483_647).optional(),
})

export const documentQuery = pageQuery.extend({
  kind: documentKind.optional(),
  image: rowId.optional(),
})

export const sbomQuery = z.object({
  format: z.enum(['cyclonedx', 'spdx']).default('cyclonedx'),
  /** Of one platform, by its manifest's digest; default: linux/amd64, else the first that was scanned. */
  digest: digest.optional(),
})

/** CycloneDX 1.6 or SPDX 2.3, as JSON. */
export const sbomDocument = z.record(z.string(), z.unknown())

/** What is wrong with what an SBOM names, found with the vulnerability data in use; the worst 1,000. */
export const sbomFindings = z.object({
  counts: severityCounts,
  packages: z.int(),
  items: z.array(
    z.object({
      vulnerabilityId: z.string(),
      severity,
      title: z.string(),
      packageName: z.string(),
      installedVersion: z.string(),
      fixedVersion: z.string(),
      status: z.string(),
      path: z.string().nullable(),
      purl: z.string(),
    }),
  ),
  notes: z.array(z.string()),
  asOf: time.nullable(),
})

export type SbomComparison = z.infer<typeof sbomComparison>
export type UploadedDocument = z.infer<typeof uploadedDocument>
export type DocumentUpload = z.infer<typeof documentUpload>
export type SbomFindings = z.infer<typeof sbomFindings>
