import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

const github = 'npm::GitHub Security Advisory npm'
const gitlab = 'npm::GitLab Advisory Database Community'
const node = 'npm::Node.js Ecosystem Security Working Group'

/** npm: several sources, one id in two of them, ranges, patched and unaffected ones, what does not parse. */
export const npmRows: DatabaseRows = {
  dataSources: [
    {
      bucket: github,
      id: 'ghsa',
      name: 'GitHub Security Advisory npm',
      url: 'https://github.com/advisories',
    },
    {
      bucket: node,
      id: 'nodejs-security-wg',
      name: 'Node.js Ecosystem Security Working Group',
      url: 'https://github.com/nodejs',
    },
    // The GitLab bucket has no data source: its findings take no vendor's severity but NVD's.
  ],
  advisories: [
    {
      bucket: github,
      package: 'lodash',
      id: 'CVE-2024-40001',
      patchedVersions: ['4.17.21'],
      vulnerableVersions: ['<4.17.21'],
    },
    {
      bucket: github,
      package: 'lodash',
      id: 'CVE-2024-40002',
      patchedVersions: ['4.17.5'],
      vulnerableVersions: ['<4.17.5'],
    },
    // The same id in two buckets: the one that sorts later decides, here against the finding.
    { bucket: github, package: 'lodash', id: 'CVE-2024-40003', vulnerableVersions: ['<5'] },
    {
      bucket: node,
      package: 'lodash',
      id: 'CVE-2024-40003',
      vulnerableVersions: ['<3'],
      patchedVersions: ['>=3'],
    },
    {
      bucket: gitlab,
      package: 'lodash',
      id: 'CVE-2024-40004',
      vulnerableVersions: ['>=4.0.0 <4.17.20||>=5.0.0 <5.0.1'],
    },
    {
      bucket: github,
      package: 'minimist',
      id: 'CVE-2024-40005',
      vulnerableVersions: ['>=1.0.0, <1.2.6', '<0.2.4'],
    },
    { bucket: github, package: 'minimist', id: 'GHSA-aaaa-bbbb-cccc', vulnerableVersions: ['=1.2.5'] },
    { bucket: node, package: 'minimist', id: 'GHSA-aaaa-bbbb-dddd', vulnerableVersions: ['<=1.2.5'] },
    { bucket: github, package: 'minimist', id: 'CVE-2024-40006', patchedVersions: ['>=1.2.6'] },
    { bucket: github, package: 'minimist', id: 'CVE-2024-40007', patchedVersions: ['>=1.2.5'] },
    { bucket: github, package: 'minimist', id: 'CVE-2024-40008', unaffectedVersions: ['<1.0.0'] },
    { bucket: github, package: 'minimist', id: 'CVE-2024-40009', vulnerableVersions: [''] },
    { bucket: github, package: 'minimist', id: 'CVE-2024-40010', vulnerableVersions: ['not a range'] },
    {
      bucket: github,
      package: 'minimist',
      id: 'CVE-2024-40011',
      vulnerableVersions: ['<2'],
      patchedVersions: ['also not'],
    },
    { bucket: github, package: 'minimist', id: 'CVE-2024-40012' },
    { bucket: github, package: 'jsonstream', id: 'CVE-2024-40013', vulnerableVersions: ['>0.0.1'] },
    {
      bucket: github,
      package: '@babel/traverse',
      id: 'CVE-2024-40014',
      vulnerableVersions: ['<7.23.2', '>=8.0.0-alpha.0 <8.0.0-alpha.4'],
      patchedVersions: ['7.23.2', '8.0.0-alpha.4'],
    },
    {
      bucket: github,
      package: '@babel/traverse',
      id: 'CVE-2024-40015',
      vulnerableVersions: ['<7.23.2', '>=8.0.0-alpha.0 <8.0.0-alpha.4'],
    },
    { bucket: github, package: 'semver', id: 'CVE-2024-40016', vulnerableVersions: ['~7.5.1', '^6.3.0'] },
    { bucket: node, package: 'semver', id: 'CVE-2024-40023', vulnerableVersions: ['<7.5.2'] },
    { bucket: github, package: 'express', id: 'CVE-2024-40017', vulnerableVersions: ['<5.0.0-beta.3'] },
    { bucket: github, package: 'express', id: 'CVE-2024-40018', vulnerableVersions: ['<5.0.0'] },
    { bucket: github, package: 'odd-version', id: 'CVE-2024-40019', vulnerableVersions: ['<9'] },
    { bucket: github, package: 'odd-version', id: 'CVE-2024-40020', vulnerableVersions: ['', '<9'] },
    { bucket: github, package: 'no-record', id: 'CVE-2024-40021', vulnerableVersions: ['<9'] },
    {
      bucket: github,
      package: 'twice-fixed',
      id: 'CVE-2024-40024',
      vulnerableVersions: ['>=1.0.0, <1.2.6', '<0.9.0', '>=0.9.5, <1.2.6'],
    },
    {
      bucket: github,
      package: 'twice-fixed',
      id: 'CVE-2024-40025',
      patchedVersions: ['1.2.6', '2.0.1', '1.2.6'],
      vulnerableVersions: ['<1.2.6', '>=2.0.0, <2.0.1'],
    },
    { bucket: github, package: 'templates/app', id: 'CVE-2024-40026', vulnerableVersions: ['<9'] },
    { bucket: github, package: '@types/node', id: 'CVE-2024-40022', vulnerableVersions: ['<13'] },
  ],
  details: [
    { id: 'CVE-2024-40001', vendorSeverity: { ghsa: 'HIGH', nvd: 'CRITICAL' } },
    { id: 'CVE-2024-40003', vendorSeverity: { ghsa: 'HIGH' } },
    { id: 'CVE-2024-40004', vendorSeverity: { glad: 'LOW', nvd: 'MEDIUM' } },
    { id: 'CVE-2024-40005', vendorSeverity: { nvd: 'CRITICAL' } },
    { id: 'GHSA-aaaa-bbbb-cccc', severity: 'LOW', vendorSeverity: { ghsa: 'MEDIUM', nvd: 'LOW' } },
    { id: 'GHSA-aaaa-bbbb-dddd', vendorSeverity: { ghsa: 'CRITICAL', nvd: 'LOW' } },
    {
      id: 'CVE-2024-40006',
      vendorSeverity: { 'nodejs-security-wg': 'HIGH', redhat: 'LOW' },
      severity: 'LOW',
    },
    { id: 'CVE-2024-40008', severity: 'HIGH' },
    { id: 'CVE-2024-40009', severity: 'HIGH' },
    { id: 'CVE-2024-40013', severity: 'HIGH' },
    { id: 'CVE-2024-40014', severity: 'CRITICAL' },
    { id: 'CVE-2024-40015', severity: 'CRITICAL' },
    { id: 'CVE-2024-40016', severity: 'MEDIUM' },
    { id: 'CVE-2024-40023', vendorSeverity: { 'nodejs-security-wg': 'MEDIUM', nvd: 'HIGH' } },
    { id: 'CVE-2024-40017', severity: 'MEDIUM' },
    { id: 'CVE-2024-40018', severity: 'MEDIUM' },
    { id: 'CVE-2024-40020', severity: 'LOW' },
    { id: 'CVE-2024-40022', severity: 'LOW' },
    // CVE-2024-40021 has no record, and is found: a finding without details.
  ],
}
