import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

const families = ['wolfi', 'chainguard', 'minimos']

/** The package's own version is compared; what has no fix is not listed. */
export const apkFamilyRows: DatabaseRows = {
  dataSources: families.map((id) => ({
    bucket: id,
    id,
    name: `${id} secdb`,
    url: `https://${id}.example.com`,
  })),
  advisories: families.flatMap((bucket) => [
    { bucket, package: 'openssl', id: 'CVE-2024-95001', fixedVersion: '3.1.4-r2' },
    { bucket, package: 'openssl', id: 'CVE-2024-95002', fixedVersion: '3.1.4-r1' },
    { bucket, package: 'glibc', id: 'CVE-2024-95003', fixedVersion: '0' },
    { bucket, package: 'glibc', id: 'CVE-2024-95004' },
    { bucket, package: 'busybox', id: 'CVE-2024-95005', fixedVersion: '1.36.1-r10' },
    { bucket, package: 'no-origin', id: 'CVE-2024-95006', fixedVersion: '1.1-r0' },
    { bucket, package: 'libcrypto3', id: 'CVE-2024-95007', fixedVersion: '9' },
  ]),
  details: [
    { id: 'CVE-2024-95001', vendorSeverity: { wolfi: 'HIGH', nvd: 'MEDIUM' } },
    { id: 'CVE-2024-95005', severity: 'LOW' },
  ],
}
