import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'
import { rangesOf } from '../ranges.ts'

const github = 'rubygems::GitHub Security Advisory RubyGems'
const seal = 'seal rubygems::Seal Security'
const rubysec = 'rubygems::Ruby Advisory Database'

const ranges = rangesOf(github, 42_000)

/** Ruby: GitHub's ranges, and rubysec's lists of what is patched and what never was affected. */
export const rubyRows: DatabaseRows = {
  dataSources: [
    {
      bucket: github,
      id: 'ghsa',
      name: 'GitHub Security Advisory RubyGems',
      url: 'https://github.com/advisories',
    },
    { bucket: rubysec, id: 'ruby-advisory-db', name: 'Ruby Advisory Database', url: 'https://rubysec.com' },
  ],
  advisories: [
    {
      bucket: rubysec,
      package: 'rack',
      id: 'CVE-2024-42900',
      patchedVersions: ['~> 2.0.9, >= 2.0.9.3', '~> 2.1.4, >= 2.1.4.3', '~> 2.2.6, >= 2.2.6.4', '>= 3.0.6.1'],
    },
    {
      bucket: rubysec,
      package: 'rack',
      id: 'CVE-2024-42901',
      patchedVersions: ['~> 2.2.8, >= 2.2.8.1', '>= 3.0.9.1'],
    },
    {
      bucket: rubysec,
      package: 'rack',
      id: 'CVE-2024-42902',
      patchedVersions: ['>= 3.0'],
      unaffectedVersions: ['< 3.0'],
    },
    {
      bucket: rubysec,
      package: 'rails',
      id: 'CVE-2024-42903',
      patchedVersions: ['~> 6.1.7.7', '>= 7.0.8.1'],
      unaffectedVersions: ['< 5.2.0'],
    },
    {
      bucket: github,
      package: 'rails',
      id: 'CVE-2024-42904',
      vulnerableVersions: ['>=7.0.0, <7.0.4.3', '<6.1.7.3'],
      patchedVersions: ['7.0.4.3', '6.1.7.3'],
    },
    {
      bucket: github,
      package: 'nokogiri',
      id: 'CVE-2024-42905',
      vulnerableVersions: ['<1.14.3'],
      patchedVersions: ['1.14.3'],
    },
    {
      bucket: rubysec,
      package: 'actionpack',
      id: 'CVE-2024-42906',
      patchedVersions: ['~> 6.1.7, >= 6.1.7.4', '>= 7.0.5.1'],
    },
    { bucket: github, package: 'redcloth', id: 'CVE-2024-42907', vulnerableVersions: ['<=4.3.2'] },
    { bucket: github, package: 'RedCloth', id: 'CVE-2024-42908', vulnerableVersions: ['<=4.3.2'] },
    { bucket: github, package: 'json', id: 'CVE-2024-42909', vulnerableVersions: ['=2.6.3'] },
    { bucket: github, package: 'seal-rack', id: 'CVE-2024-42910', vulnerableVersions: ['<3'] },
    { bucket: seal, package: 'seal-rack', id: 'CVE-2024-42911', vulnerableVersions: ['<2.2.7'] },
    { bucket: github, package: 'sealed', id: 'CVE-2024-42912', vulnerableVersions: ['<3'] },
    { bucket: seal, package: 'sealed', id: 'CVE-2024-42913', vulnerableVersions: ['<2.0.7.0.1.sp2'] },
    { bucket: github, package: 'pre-release', id: 'CVE-2024-42914', vulnerableVersions: ['<3'] },
    ...ranges(
      'puma',
      '<6.0.0',
      '>=6.0.0.beta1',
      '<6.0.0.beta10',
      '<6.0.0.rc1',
      '~>6.0.0.beta1',
      '~>5.6',
      '!=6.0.0',
      '>6.0.0.a',
    ),
    ...ranges('dashed', '<1.0', '=1.0-rc1', '=1.0.pre.rc1', '<1.0.pre.rc2', '>1.0.a'),
    ...ranges('zeros', '=1.2', '~>1.2', '~>1.2.0', '<1.2.0.1', '=>1.2', '=<1.2', '1.2', 'nonsense', ''),
  ],
  details: [
    { id: 'CVE-2024-42900', vendorSeverity: { 'ruby-advisory-db': 'HIGH', nvd: 'MEDIUM' } },
    { id: 'CVE-2024-42901', vendorSeverity: { 'ruby-advisory-db': 'HIGH', nvd: 'MEDIUM' } },
    { id: 'CVE-2024-42903', vendorSeverity: { nvd: 'MEDIUM' } },
    { id: 'CVE-2024-42904', vendorSeverity: { ghsa: 'CRITICAL' } },
  ],
}
