import { z } from 'zod'
import { ADVISORY_STATUSES } from '../../advisories/index.ts'
import { isSeverity, type Severity } from '../../core/index.ts'

/** The parts that are read of Trivy's JSON report, SchemaVersion 2 (pkg/types/report.go), and of `trivy version`; the rest may change. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? [])
const severity = z
  .string()
  .nullish()
  .transform((word): Severity => (word !== null && word !== undefined && isSeverity(word) ? word : 'UNKNOWN'))
/** Trivy writes severities of vendors as numbers: 0 is UNKNOWN, 4 CRITICAL. */
const vendorSeverity = z.record(z.string(), z.int().min(0).max(4)).nullish()
const layer = z.object({ Digest: text, DiffID: text }).nullish()
const number = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined)
const maybe = z
  .string()
  .nullish()
  .transform((value) => value || undefined)

const reportPackage = z.object({
  Name: z.string().min(1),
  Version: text,
  Release: text,
  Epoch: z.int().nullish(),
  Arch: text,
  SrcName: text,
  SrcVersion: text,
  SrcRelease: text,
  SrcEpoch: z.int().nullish(),
  Licenses: texts,
  FilePath: text,
  Identifier: z.object({ PURL: text }).nullish(),
  Layer: layer,
})

const vulnerability = z.object({
  VulnerabilityID: z.string().min(1).max(200),
  VendorIDs: texts,
  PkgName: z.string().min(1),
  PkgPath: text,
  InstalledVersion: text,
  FixedVersion: text,
  Status: z.enum(ADVISORY_STATUSES).nullish().catch(null),
  SeveritySource: text,
  Severity: severity,
  DataSource: z.object({ ID: text, Name: text, URL: text }).nullish(),
  Layer: layer,
  Title: text,
  Description: text,
  VendorSeverity: vendorSeverity.catch(null),
  CVSS: z
    .record(
      z.string(),
      z.object({
        V2Vector: maybe,
        V2Score: number,
        V3Vector: maybe,
        V3Score: number,
        V40Vector: maybe,
        V40Score: number,
      }),
    )
    .nullish()
    .catch(null),
  CweIDs: texts,
  References: texts,
  PublishedDate: z.string().nullish(),
  LastModifiedDate: z.string().nullish(),
})

const result = z.object({
  Target: text,
  Class: text,
  Type: text,
  Packages: z.array(reportPackage).nullish(),
  Vulnerabilities: z.array(vulnerability).nullish(),
})

export const reportSchema = z.object({
  SchemaVersion: z.literal(2),
  Metadata: z
    .object({
      OS: z
        .object({
          Family: z.string(),
          Name: text,
          EOSL: z.boolean().nullish(),
          extended: z.boolean().nullish(),
        })
        .nullish(),
    })
    .nullish(),
  Results: z.array(result).nullish(),
})

export const versionSchema = z.object({
  Version: z.string().min(1).max(100),
  VulnerabilityDB: z
    .object({ UpdatedAt: z.iso.datetime({ offset: true }) })
    .nullish()
    .catch(null),
})

export type Report = z.output<typeof reportSchema>
export type ReportPackage = z.output<typeof reportPackage>
export type ReportVulnerability = z.output<typeof vulnerability>
export type ReportResult = z.output<typeof result>
