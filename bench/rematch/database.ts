/**
 * Writes a vulnerability database in Trivy's form, as large as one that is published, in a process of its own: its memory is not the measured
 * one's. `node bench/rematch/database.ts FOLDER JSON`
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BoltBucket } from '../../src/test-support/vulnerability-database/index.ts'
import { writeBolt } from '../../src/test-support/vulnerability-database/index.ts'
import { LIBRARY_NAMES, OS_NAMES, spaces } from './shape.ts'

export interface DatabaseVariant {
  /** Names it among the variants: part of its metadata. */
  readonly number: number
  /** Packages whose advisories differ from those of the plain database. */
  readonly advisories?: number
  /** Vulnerabilities whose details differ. */
  readonly details?: number
  /** Every space's libc has one more advisory. */
  readonly libc?: true
  /** MiB that it has at least. */
  readonly size: number
}

const VULNERABILITIES = 60_000
const text = 'An attacker who sends a crafted request may read beyond the end of a buffer. '.repeat(22)

function details({ details: changed = 0, size }: DatabaseVariant): BoltBucket {
  const ids = Math.max(VULNERABILITIES, Math.round((size - 130) * 490))
  const bucket = new Map<string, string>()
  for (let id = 0; id < ids; id += 1) {
    const severity = (id % 4) + 1
    const vendor = { nvd: id < changed ? (severity % 4) + 1 : severity, ghsa: severity }
    bucket.set(
      idOf(id),
      JSON.stringify({
        Title: `Part ${id} reads too far`,
        Description: `${id}: ${text}`,
        VendorSeverity: vendor,
        CVSS: { nvd: { V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', V3Score: 9.8 } },
        References: [`https://example.com/advisories/${id}`, `https://example.com/changes/${id}`],
      }),
    )
  }
  return bucket
}

function idOf(number: number): string {
  return `CVE-20${10 + (number % 15)}-${10_000 + number}`
}

/** Six statements on three names of five; half of the versions are below the fix. */
function osSpace(space: number, { advisories = 0, libc }: DatabaseVariant): BoltBucket {
  const bucket = new Map<string, BoltBucket>()
  for (let name = 0; name < OS_NAMES; name += 1) {
    if (name % 5 > 2) continue
    const isChanged = Math.floor(name / 5) * spaces.length + space < advisories / 3
    const statements = new Map<string, string>()
    for (let index = 0; index < 6; index += 1) {
      const fixed = `1.${isChanged ? 90 : 40 + index}-1`
      statements.set(idOf((name * 6 + index) % VULNERABILITIES), JSON.stringify({ FixedVersion: fixed }))
    }
    if (libc === true && name === 0) statements.set(idOf(59_999), JSON.stringify({ FixedVersion: '1.99-1' }))
    bucket.set(`source-${name}`, statements)
  }
  return bucket
}

function libraries(): BoltBucket {
  const bucket = new Map<string, BoltBucket>()
  for (let name = 0; name < LIBRARY_NAMES; name += 10) {
    const range = { VulnerableVersions: ['<1.50.0'], PatchedVersions: ['>=1.50.0'] }
    bucket.set(
      `library-${name}`,
      new Map([0, 1].map((index) => [idOf((name + index * 7) % VULNERABILITIES), JSON.stringify(range)])),
    )
  }
  return bucket
}

/** What a published database has besides: releases that nobody here uses. */
function others(): [string, BoltBucket][] {
  return Array.from({ length: 60 }, (_, release) => {
    const bucket = new Map<string, BoltBucket>()
    for (let name = 0; name < 4_000; name += 1) {
      const statements = Array.from({ length: 4 }, (_each, index): [string, string] => [
        idOf((name * 4 + index) % VULNERABILITIES),
        JSON.stringify({ FixedVersion: `1.${release}-1` }),
      ])
      bucket.set(`source-${name}`, new Map(statements))
    }
    return [`other ${release}`, bucket]
  })
}

function write(folder: string, variant: DatabaseVariant): void {
  const sources = spaces.map((space): [string, string] => {
    return [space, JSON.stringify({ ID: 'nvd', Name: space, URL: 'https://example.com' })]
  })
  const root = new Map<string, BoltBucket>([
    ['vulnerability', details(variant)],
    ['data-source', new Map(sources)],
    ...spaces.map((space, index): [string, BoltBucket] => [space, osSpace(index, variant)]),
    ['npm::GitHub Security Advisory npm', libraries()],
    ...others(),
  ])
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'trivy.db'), writeBolt(root))
  const day = `2026-01-${String(variant.number + 1).padStart(2, '0')}T00:00:00Z`
  writeFileSync(
    join(folder, 'metadata.json'),
    JSON.stringify({ Version: 2, UpdatedAt: day, NextUpdate: '2099-01-01T00:00:00Z' }),
  )
}

const [folder = '', variant = '{}'] = process.argv.slice(2)
write(folder, JSON.parse(variant) as DatabaseVariant)
