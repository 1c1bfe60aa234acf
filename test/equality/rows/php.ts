import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'
import { rangesOf } from '../ranges.ts'

const github = 'composer::GitHub Security Advisory Composer'
const friends = 'composer::PHP Security Advisories Database'

const ranges = rangesOf(github, 43_000)

/** PHP: versions without an order of their own. */
export const phpRows: DatabaseRows = {
  dataSources: [
    {
      bucket: github,
      id: 'ghsa',
      name: 'GitHub Security Advisory Composer',
      url: 'https://github.com/advisories',
    },
    {
      bucket: friends,
      id: 'php-security-advisories',
      name: 'PHP Security Advisories Database',
      url: 'https://github.com/FriendsOfPHP',
    },
  ],
  advisories: [
    {
      bucket: github,
      package: 'symfony/http-kernel',
      id: 'CVE-2024-43900',
      vulnerableVersions: ['>=2.0.0, <4.4.50', '>=5.0.0, <5.4.20'],
      patchedVersions: ['4.4.50', '5.4.20'],
    },
    {
      bucket: friends,
      package: 'symfony/http-kernel',
      id: 'CVE-2024-43901',
      vulnerableVersions: ['>=5.0.0,<5.4.20'],
    },
    { bucket: github, package: 'twig/twig', id: 'CVE-2024-43902', vulnerableVersions: ['>=3.0.0, <3.4.3'] },
    { bucket: github, package: 'Twig/Twig', id: 'CVE-2024-43903', vulnerableVersions: ['>=3.0.0, <3.4.3'] },
    { bucket: github, package: 'phpunit/phpunit', id: 'CVE-2024-43904', vulnerableVersions: ['<99'] },
    ...ranges(
      'guzzlehttp/psr7',
      '<1.9.1',
      '>=2,<2.4.5',
      '~1.9.0',
      '^1.8',
      '~>1.8',
      '=1.9',
      '!=1.9.0',
      '1.9.0',
    ),
    ...ranges('acme/dev', '<99', 'dev-main', ''),
    ...ranges('acme/beta', '<2.0.0', '>=2.0.0', '<2.0.0-beta2', '=2.0.0-beta1', '^2.0.0-alpha'),
    ...ranges('acme/long', '<1.2.3.5', '=1.2.3', '~1.2.3.0', 'v1.2.3.4'),
    ...ranges('plain', '<=1.0.0', '<1', '>=1,<1.0.1'),
  ],
  details: [
    { id: 'CVE-2024-43900', vendorSeverity: { ghsa: 'HIGH', nvd: 'MEDIUM' } },
    { id: 'CVE-2024-43901', vendorSeverity: { nvd: 'MEDIUM' } },
  ],
}
