import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

const github = 'maven::GitHub Security Advisory Maven'
const gitlab = 'maven::GitLab Advisory Database Community'

/** Maven: both forms of ranges, brackets that Trivy's library misreads, names in upper case, archives named in every way. */
export const javaRows: DatabaseRows = {
  dataSources: [
    {
      bucket: github,
      id: 'ghsa',
      name: 'GitHub Security Advisory Maven',
      url: 'https://github.com/advisories',
    },
    {
      bucket: gitlab,
      id: 'glad',
      name: 'GitLab Advisory Database Community',
      url: 'https://gitlab.com/gitlab-org/advisories-community',
    },
  ],
  advisories: [
    ...[
      'named',
      'claimed',
      'published',
      'mistaken',
      'loud',
      'parcel',
      'streamed',
      'large',
      'elsewhere',
      'deep',
      'inner',
      'second',
    ].map((artifact, index) => ({
      bucket: github,
      package: `org.acme:${artifact}`,
      id: `CVE-2024-${50100 + index}`,
      patchedVersions: ['10.0'],
      vulnerableVersions: ['<10.0'],
    })),
    ...['emptied', 'kept', 'replaced', 'repeated', 'deleted', 'equal', 'bundled'].map((artifact, index) => ({
      bucket: github,
      package: `org.acme:${artifact}`,
      id: `CVE-2024-${50200 + index}`,
      vulnerableVersions: ['>=1.0, <2.0.1'],
      patchedVersions: ['2.0.1'],
    })),
    { bucket: github, package: 'org.many:guessed', id: 'CVE-2024-50001', vulnerableVersions: ['<=1.2.3'] },
    { bucket: github, package: 'com.few:guessed', id: 'CVE-2024-50002', vulnerableVersions: ['<=1.2.3'] },
    { bucket: github, package: 'com.upper:case', id: 'CVE-2024-50003', vulnerableVersions: ['=1.0'] },
    {
      bucket: github,
      package: 'org.acme:ranged',
      id: 'CVE-2024-50004',
      vulnerableVersions: ['>= 2.0.0, <= 2.9.10.7', '<1.5'],
      patchedVersions: ['2.9.10.8'],
    },
    {
      bucket: github,
      package: 'org.acme:ranged',
      id: 'CVE-2024-50005',
      vulnerableVersions: ['>=2.9.0, <2.10', '>=1.5.0, <1.6'],
    },
    {
      bucket: gitlab,
      package: 'org.acme:ranged',
      id: 'CVE-2024-50006',
      vulnerableVersions: ['[1.0,1.5],[2.9.10.8,3.0)'],
      patchedVersions: ['3.0'],
    },
    { bucket: gitlab, package: 'org.acme:ranged', id: 'CVE-2024-50007', vulnerableVersions: ['(,1.5)'] },
    { bucket: gitlab, package: 'org.acme:ranged', id: 'CVE-2024-50008', vulnerableVersions: ['[1.5.1]'] },
    { bucket: gitlab, package: 'org.acme:ranged', id: 'CVE-2024-50009', vulnerableVersions: ['[1.0,1.5'] },
    {
      bucket: gitlab,
      package: 'org.acme:ranged',
      id: 'CVE-2024-50010',
      patchedVersions: ['>=1.6'],
      unaffectedVersions: ['<1.5'],
    },
    {
      bucket: gitlab,
      package: 'org.acme:plus',
      id: 'CVE-2024-50011',
      vulnerableVersions: ['<1.0.1+build_1'],
      patchedVersions: ['1.0.1+build_1'],
    },
  ],
  details: [
    {
      id: 'CVE-2024-50004',
      title: 'Ranges',
      severity: 'HIGH',
      vendorSeverity: { ghsa: 'HIGH', nvd: 'CRITICAL' },
    },
    { id: 'CVE-2024-50006', severity: 'MEDIUM', vendorSeverity: { glad: 'MEDIUM', nvd: 'LOW' } },
    { id: 'CVE-2024-50100', severity: 'LOW', vendorSeverity: { nvd: 'LOW' } },
  ],
}
