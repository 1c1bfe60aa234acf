import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

const v318 = 'alpine 3.18'
const edge = 'alpine edge'
const source = { id: 'alpine', name: 'Alpine Secdb', url: 'https://secdb.alpinelinux.org/' }

/** Alpine: suffixes before and after a release, `0` for "never affected", first affected versions. */
export const alpineRows: DatabaseRows = {
  dataSources: [v318, edge].map((bucket) => ({ bucket, ...source })),
  advisories: [
    { bucket: v318, package: 'openssl', id: 'CVE-2024-31801', fixedVersion: '3.1.4-r1' },
    { bucket: v318, package: 'openssl', id: 'CVE-2024-31802', fixedVersion: '3.1.4-r0' },
    { bucket: v318, package: 'openssl', id: 'CVE-2024-31803', fixedVersion: '0' },
    { bucket: v318, package: 'openssl', id: 'CVE-2024-31804', fixedVersion: '3.1.4_p1-r0' },
    { bucket: v318, package: 'openssl', id: 'CVE-2024-31805', fixedVersion: '3.1.4_rc1-r0' },
    { bucket: v318, package: 'busybox', id: 'CVE-2024-31806', fixedVersion: '1.36.1-r10' },
    { bucket: v318, package: 'busybox', id: 'CVE-2024-31807', fixedVersion: '1.36.1-r3' },
    {
      bucket: v318,
      package: 'busybox',
      id: 'CVE-2024-31808',
      fixedVersion: '1.37.0-r0',
      affectedVersion: '1.36.2-r0',
    },
    {
      bucket: v318,
      package: 'busybox',
      id: 'CVE-2024-31809',
      fixedVersion: '1.37.0-r0',
      affectedVersion: '1.35.0-r0',
    },
    { bucket: v318, package: 'busybox', id: 'CVE-2024-31810', affectedVersion: 'none', fixedVersion: '2.0' },
    { bucket: v318, package: 'zlib', id: 'CVE-2024-31811', severity: 'CRITICAL', status: 'will_not_fix' },
    { bucket: v318, package: 'zlib', id: 'CVE-2024-31812', fixedVersion: '1.2.13.x' },
    { bucket: v318, package: 'git', id: 'CVE-2024-31813', fixedVersion: '2.40.1_git20230901-r0' },
    { bucket: v318, package: 'no-origin', id: 'CVE-2024-31814', fixedVersion: '0.0.1' },
    // Under a subpackage's name: its origin decides.
    { bucket: v318, package: 'libcrypto3', id: 'CVE-2024-31815', fixedVersion: '9' },
    { bucket: edge, package: 'openssl', id: 'CVE-2024-39901', fixedVersion: '3.2.0-r0' },
    { bucket: edge, package: 'musl', id: 'CVE-2024-39902', fixedVersion: '1.2.4_git20230717-r5' },
    // A Debian package database in an Alpine image: its sources are looked up here.
    { bucket: v318, package: 'bash', id: 'CVE-2024-31816', fixedVersion: '5.3' },
    { bucket: v318, package: 'tar', id: 'CVE-2024-31817', fixedVersion: '2.0' },
  ],
  details: [
    { id: 'CVE-2024-31801', vendorSeverity: { nvd: 'HIGH', alpine: 'LOW' } },
    { id: 'CVE-2024-31804', vendorSeverity: { nvd: 'CRITICAL' } },
    { id: 'CVE-2024-31806', severity: 'MEDIUM' },
    { id: 'CVE-2024-31809', vendorSeverity: { ghsa: 'HIGH' } },
    { id: 'CVE-2024-31811', vendorSeverity: { nvd: 'MEDIUM' } },
    { id: 'CVE-2024-31813', vendorSeverity: { nvd: 'LOW' } },
    { id: 'CVE-2024-31814', severity: 'HIGH' },
    { id: 'CVE-2024-39901', severity: 'HIGH' },
    { id: 'CVE-2024-39902', severity: 'HIGH' },
    { id: 'CVE-2024-31816', severity: 'HIGH' },
    { id: 'CVE-2024-31817', severity: 'HIGH' },
  ],
}
