import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

const jammy = 'ubuntu 22.04'
const bionic = 'ubuntu 18.04'
const bionicPro = 'ubuntu 18.04-ESM'
const source = {
  id: 'ubuntu',
  name: 'Ubuntu CVE Tracker',
  url: 'https://git.launchpad.net/ubuntu-cve-tracker',
}

/** Ubuntu: severity and status of the advisory itself do not count; Ubuntu Pro has a bucket of its own. */
export const ubuntuRows: DatabaseRows = {
  dataSources: [jammy, bionic, bionicPro].map((bucket) => ({ bucket, ...source })),
  advisories: [
    { bucket: jammy, package: 'openssl', id: 'CVE-2024-22001', fixedVersion: '3.0.2-0ubuntu1.15' },
    { bucket: jammy, package: 'openssl', id: 'CVE-2024-22002', fixedVersion: '3.0.2-0ubuntu1.10' },
    { bucket: jammy, package: 'bash', id: 'CVE-2024-22003', status: 'will_not_fix', severity: 'CRITICAL' },
    { bucket: jammy, package: 'tar', id: 'CVE-2024-22004', severity: 'CRITICAL' },
    { bucket: jammy, package: 'zlib', id: 'CVE-2024-22005', fixedVersion: '1:1.2.11.dfsg-2ubuntu9.3' },
    { bucket: jammy, package: 'dash', id: 'CVE-2024-22006', vendorIds: ['USN-1-1'] },
    { bucket: bionic, package: 'openssl', id: 'CVE-2024-18001', fixedVersion: '1.1.1-1ubuntu2.1~18.04.99' },
    { bucket: bionic, package: 'tar', id: 'CVE-2024-18004' },
    {
      bucket: bionicPro,
      package: 'openssl',
      id: 'CVE-2024-18002',
      fixedVersion: '1.1.1-1ubuntu2.1~18.04.23+esm3',
    },
    { bucket: bionicPro, package: 'systemd', id: 'CVE-2024-18003' },
  ],
  details: [
    { id: 'CVE-2024-22001', vendorSeverity: { ubuntu: 'LOW', nvd: 'CRITICAL' } },
    { id: 'CVE-2024-22003', vendorSeverity: { nvd: 'HIGH' } },
    { id: 'CVE-2024-22004', severity: 'MEDIUM' },
    { id: 'CVE-2024-22005', vendorSeverity: { redhat: 'HIGH' } },
    { id: 'CVE-2024-22006', vendorSeverity: { ubuntu: 'MEDIUM' } },
    { id: 'CVE-2024-18001', vendorSeverity: { ubuntu: 'LOW' } },
    { id: 'CVE-2024-18002', vendorSeverity: { ubuntu: 'MEDIUM' } },
    { id: 'CVE-2024-18003', vendorSeverity: { ubuntu: 'HIGH' } },
  ],
}
