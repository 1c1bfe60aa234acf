import { z } from 'zod'
import { digest, list, pageQuery, severity, severityCounts, time, rowId } from './shapes.ts'

/**
 * A row of the Findings page. Without `digest` it is a finding: repository × vulnerability × package name. With `digest` it
 * is an occurrence: one package at one path of that image, as a scanner lists it.
 */
export const finding = z.object({
  id: z.string(),
  vulnerabilityId: z.string(),
  severity,
  title: z.string(),
  ecosystem: z.string(),
  packageName: z.string(),
  installedVersions: z.array(z.string()),
  /** Empty: no fix is known. */
  fixedVersion: z.string(),
  status: z.string(),
  paths: z.array(z.string()),
  repository: z.object({ id: z.int(), host: z.string(), path: z.string() }),
  images: z.int(),
  firstSeenAt: time.nullable(),
  /** In an image's list: the statement (VEX) by which it does not count there. */
  vex: z
    .object({
      status: z.enum(['not_affected', 'fixed']),
      justification: z.string(),
      impact: z.string(),
      author: z.string(),
      source: z.string(),
    })
    .nullable(),
})

export const findingOccurrence = z.object({
  digest,
  tags: z.array(z.string()),
  platform: z.string(),
  packageName: z.string(),
  installedVersion: z.string(),
  fixedVersion: z.string(),
  path: z.string().nullable(),
  layer: z.object({ digest, diffId: digest, ordinal: z.int() }).nullable(),
})

export const findingDetail = finding.extend({
  description: z.string(),
  severitySource: z.string(),
  dataSource: z.object({ id: z.string(), name: z.string(), url: z.string() }).nullable(),
  vendorIds: z.array(z.string()),
  cvss: z.array(z.object({ source: z.string(), version: z.string(), vector: z.string(), score: z.number() })),
  cweIds: z.array(z.string()),
  references: z.array(z.string()),
  publishedAt: time.nullable(),
  modifiedAt: time.nullable(),
  occurrences: z.array(findingOccurrence),
})

const filters = {
  digest: digest.optional(),
  severity: list(severity).optional(),
  /** Exact package name. */
  package: z.string().max(300).optional(),
  /** Vulnerability id: CVE, GHSA, ... */
  cve: z.string().max(100).optional(),
  repository: rowId.optional(),
  connection: z.uuid().optional(),
  fix: z.enum(['yes', 'no']).optional(),
}
export const findingQuery = pageQuery.extend(filters)
export const findingSummaryQuery = z.object(filters)
/** Counts for the chips: each severity with the other filters applied, without the severity filter. */
export const findingSummary = z.object({
  counts: severityCounts,
  asOf: time.nullable(),
  /** Said where the list is not whole: scans pending, failed. */
  incompleteBecause: z.string().nullable(),
  /** Of one image: findings that do not count there, by statements (VEX). */
  suppressed: z.int(),
})

export type Finding = z.infer<typeof finding>
export type FindingDetail = z.infer<typeof findingDetail>
export type FindingOccurrence = z.infer<typeof findingOccurrence>
export type FindingSummary = z.infer<typeof findingSummary>
