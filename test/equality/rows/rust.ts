import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

const github = 'cargo::GitHub Security Advisory Rust'

export const rustRows: DatabaseRows = {
  dataSources: [
    {
      bucket: github,
      id: 'ghsa',
      name: 'GitHub Security Advisory Rust',
      url: 'https://github.com/advisories',
    },
  ],
  advisories: [
    {
      bucket: github,
      package: 'time',
      id: 'CVE-2024-42001',
      vulnerableVersions: ['>=0.1.0, <0.2.0'],
      patchedVersions: ['0.2.23'],
    },
    { bucket: github, package: 'inflector', id: 'CVE-2024-42002', vulnerableVersions: ['<=0.11.4'] },
    { bucket: github, package: 'cc', id: 'CVE-2024-42003', vulnerableVersions: ['<2'] },
    { bucket: github, package: 'rand', id: 'CVE-2024-42004', vulnerableVersions: ['<0.8.1'] },
    { bucket: github, package: 'libc', id: 'CVE-2024-42005', vulnerableVersions: ['~0.2.0'] },
    { bucket: github, package: 'app', id: 'CVE-2024-42006', vulnerableVersions: ['^0.1'] },
  ],
  details: [{ id: 'CVE-2024-42001', vendorSeverity: { ghsa: 'MEDIUM' } }],
}
