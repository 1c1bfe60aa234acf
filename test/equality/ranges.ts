import type { AdvisoryRow } from '../../src/test-support/vulnerability-database/index.ts'

/** One advisory for each range of a package, so that each is judged alone. @param start of the made-up ids */
export function rangesOf(bucket: string, start: number) {
  let last = start
  return (name: string, ...ranges: readonly string[]): AdvisoryRow[] =>
    ranges.map((range) => {
      last += 1
      return { bucket, package: name, id: `CVE-2024-${last}`, vulnerableVersions: [range] }
    })
}
