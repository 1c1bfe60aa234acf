import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

const rootIo = { id: 'rootio', url: 'https://api.root.io/external/patch_feed' }
const seal = { id: 'seal', name: 'Seal Security Database', url: 'https://sealsecurity.io' }
const rapidFort = {
  id: 'rapidfort',
  name: 'RapidFort Security Advisories',
  url: 'https://github.com/rapidfort',
}

/** Suppliers state ranges, over what the distribution states (Root.io), beside it (Seal) or in its place (RapidFort). */
export const supplierRows: DatabaseRows = {
  dataSources: [
    { bucket: 'root.io debian 12', name: 'Root.io Security Patches (debian)', baseId: 'debian', ...rootIo },
    { bucket: 'root.io alpine 3.18', name: 'Root.io Security Patches (alpine)', baseId: 'alpine', ...rootIo },
    { bucket: 'seal debian', baseId: 'debian', ...seal },
    { bucket: 'seal Red Hat 6', baseId: 'redhat', ...seal },
    { bucket: 'seal npm::Seal Security Database', baseId: 'ghsa', ...seal },
    { bucket: 'rapidfort ubuntu 22.04', baseId: 'ubuntu', ...rapidFort },
    { bucket: 'rapidfort ubuntu', baseId: 'ubuntu', ...rapidFort },
    { bucket: 'rapidfort Red Hat 9', baseId: 'redhat', ...rapidFort },
    { bucket: 'rapidfort Red Hat 8', baseId: 'redhat', ...rapidFort },
    { bucket: 'rapidfort fedora 39', baseId: 'fedora', ...rapidFort },
    { bucket: 'echo', id: 'echo', name: 'Echo', url: 'https://advisory.echohq.com' },
  ],
  advisories: [
    // Debian's fix lies above, Root.io's own build has it.
    {
      bucket: 'debian 12',
      package: 'openssl-supplied',
      id: 'CVE-2024-96001',
      fixedVersion: '3.0.16-1~deb12u1',
    },
    {
      bucket: 'debian 12',
      package: 'openssl-supplied',
      id: 'CVE-2024-96002',
      fixedVersion: '3.0.16-1~deb12u1',
    },
    {
      bucket: 'debian 12',
      package: 'zlib-supplied',
      id: 'CVE-2024-96003',
      status: 'will_not_fix',
      severity: 'LOW',
    },
    { bucket: 'debian 12', package: 'bash-supplied', id: 'CVE-2024-96004', fixedVersion: '5.2.15-3' },
    {
      bucket: 'root.io debian 12',
      package: 'openssl-supplied',
      id: 'CVE-2024-96001',
      vulnerableVersions: ['<3.0.15-1~deb12u1.root.io.1', '>3.0.15-1~deb12u1.root.io.1 <3.0.16-1~deb12u1'],
      patchedVersions: ['3.0.15-1~deb12u1.root.io.1', '3.0.16-1~deb12u1'],
      severity: 'MEDIUM',
    },
    {
      bucket: 'root.io debian 12',
      package: 'openssl-supplied',
      id: 'CVE-2024-96005',
      vulnerableVersions: ['<3.0.15-1~deb12u1.root.io.2'],
      patchedVersions: ['3.0.15-1~deb12u1.root.io.2'],
      severity: 'CRITICAL',
    },
    { bucket: 'alpine 3.18', package: 'zlib-supplied', id: 'CVE-2024-96006', fixedVersion: '1.2.13-r2' },
    {
      bucket: 'root.io alpine 3.18',
      package: 'less-supplied',
      id: 'CVE-2024-96007',
      vulnerableVersions: ['<643-r10072'],
      patchedVersions: ['643-r10072'],
    },
    {
      bucket: 'seal debian',
      package: 'seal-wget',
      id: 'CVE-2024-96008',
      vulnerableVersions: ['>=1.20-1, <1.20-1+sp999', '>=1.21-1+deb11u1, <1.21-1+deb11u1+sp999'],
      patchedVersions: ['1.20-1+sp999', '1.21-1+deb11u1+sp999'],
      severity: 'HIGH',
    },
    { bucket: 'seal debian', package: 'seal-wget', id: 'CVE-2024-96019', severity: 'HIGH' },
    {
      bucket: 'seal Red Hat 6',
      package: 'seal-wget',
      id: 'CVE-2024-96009',
      vulnerableVersions: ['>=1.12-10.el6, <1.12-10.el6+sp999'],
      patchedVersions: ['1.12-10.el6+sp999'],
    },
    {
      bucket: 'rapidfort ubuntu 22.04',
      package: 'curl',
      id: 'CVE-2024-96010',
      vulnerableVersions: ['<7.81.0-1ubuntu1.15'],
      patchedVersions: ['7.81.0-1ubuntu1.15'],
      severity: 'HIGH',
    },
    { bucket: 'rapidfort ubuntu 22.04', package: 'libcurl4', id: 'CVE-2024-96011' },
    {
      bucket: 'rapidfort ubuntu',
      package: 'rf-binutils',
      id: 'CVE-2024-96012',
      vulnerableVersions: ['<0:2.42-4ubuntu2.10+rf.2'],
      patchedVersions: ['0:2.42-4ubuntu2.10+rf.2'],
    },
    { bucket: 'rapidfort ubuntu 22.04', package: 'docker-ce', id: 'CVE-2024-96013', severity: 'LOW' },
    {
      bucket: 'rapidfort Red Hat 9',
      package: 'curl',
      id: 'CVE-2024-96014',
      vulnerableVersions: ['>=7.76.1-14.el9, <7.76.1-26.el9_3.3'],
      patchedVersions: ['7.76.1-26.el9_3.3'],
    },
    { bucket: 'rapidfort Red Hat 8', package: 'wget', id: 'CVE-2024-96015' },
    { bucket: 'rapidfort fedora 39', package: 'tool', id: 'CVE-2024-96016' },
    ...['@seal-security/ejs', 'sealed', 'pre-release'].map((name, index) => ({
      bucket: 'npm::GitHub Security Advisory npm',
      package: name,
      id: `CVE-2024-9602${index}`,
      vulnerableVersions: ['<4.0.0'],
      patchedVersions: ['4.0.0'],
    })),
    ...['@seal-security/ejs', 'sealed'].map((name, index) => ({
      bucket: 'seal npm::Seal Security Database',
      package: name,
      id: `CVE-2024-9602${index + 5}`,
      vulnerableVersions: ['<3.1.8-sp2'],
      patchedVersions: ['3.1.8-sp2'],
    })),
    {
      bucket: 'echo',
      package: 'bash-supplied',
      id: 'CVE-2024-96017',
      fixedVersion: '5.2.15-2',
      severity: 'LOW',
    },
    { bucket: 'echo', package: 'docker-ce', id: 'CVE-2024-96018', status: 'under_investigation' },
  ],
  details: [
    { id: 'CVE-2024-96003', vendorSeverity: { nvd: 'HIGH' } },
    { id: 'CVE-2024-96004', vendorSeverity: { nvd: 'HIGH', debian: 'LOW' } },
    { id: 'CVE-2024-96007', vendorSeverity: { rootio: 'HIGH', alpine: 'LOW' } },
    { id: 'CVE-2024-96014', vendorSeverity: { redhat: 'MEDIUM' } },
  ],
}
