import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

const vulndb = 'go::The Go Vulnerability Database'
const github = 'go::GitHub Security Advisory Go'

/** Go: names with a case, versions with `v`, pseudo-versions, `+incompatible`, the standard library. */
export const goRows: DatabaseRows = {
  dataSources: [
    {
      bucket: vulndb,
      id: 'govulndb',
      name: 'The Go Vulnerability Database',
      url: 'https://github.com/golang/vulndb',
    },
    { bucket: github, id: 'ghsa', name: 'GitHub Security Advisory Go', url: 'https://github.com/advisories' },
  ],
  advisories: [
    {
      bucket: vulndb,
      package: 'stdlib',
      id: 'CVE-2024-41001',
      vulnerableVersions: ['<1.21.8', '>=1.22.0-0, <1.22.2'],
    },
    {
      bucket: vulndb,
      package: 'stdlib',
      id: 'CVE-2024-41002',
      patchedVersions: ['1.19.9', '1.20.4'],
      vulnerableVersions: ['<1.19.9', '>=1.20.0-0, <1.20.4'],
    },
    { bucket: vulndb, package: 'golang.org/x/net', id: 'CVE-2024-41003', vulnerableVersions: ['<0.18.0'] },
    {
      bucket: github,
      package: 'golang.org/x/net',
      id: 'CVE-2024-41004',
      vulnerableVersions: ['<=0.17.0'],
      patchedVersions: ['0.18.0'],
    },
    { bucket: vulndb, package: 'golang.org/x/text', id: 'CVE-2024-41005', vulnerableVersions: ['<0.3.8'] },
    { bucket: vulndb, package: 'golang.org/x/text', id: 'CVE-2024-41006', vulnerableVersions: ['<0.3.7'] },
    {
      bucket: github,
      package: 'github.com/BurntSushi/toml',
      id: 'CVE-2024-41007',
      vulnerableVersions: ['<1.0.0'],
    },
    {
      bucket: github,
      package: 'github.com/burntsushi/toml',
      id: 'CVE-2024-41008',
      vulnerableVersions: ['<1.0.0'],
    },
    {
      bucket: github,
      package: 'github.com/dgrijalva/jwt-go',
      id: 'CVE-2024-41009',
      vulnerableVersions: ['<4.0.0-preview1'],
    },
    { bucket: github, package: 'github.com/new/lib', id: 'CVE-2024-41010', vulnerableVersions: ['=1.0.1'] },
    { bucket: github, package: 'github.com/old/lib', id: 'CVE-2024-41011', vulnerableVersions: ['<9'] },
    { bucket: github, package: 'github.com/acme/app', id: 'CVE-2024-41012', vulnerableVersions: ['<1.3.0'] },
    {
      bucket: github,
      package: 'github.com/acme/lib',
      id: 'CVE-2024-41013',
      vulnerableVersions: ['<1.3.0', ''],
    },
    { bucket: github, package: './l', id: 'CVE-2024-41014', vulnerableVersions: ['<1.3.0'] },
  ],
  details: [
    { id: 'CVE-2024-41001', vendorSeverity: { govulndb: 'HIGH' } },
    { id: 'CVE-2024-41003', vendorSeverity: { nvd: 'MEDIUM' } },
    { id: 'CVE-2024-41004', vendorSeverity: { ghsa: 'CRITICAL', nvd: 'LOW' } },
  ],
}
