import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

const bucket = 'rocky 9'
const arches = ['x86_64', 'noarch', 'None']

function fixedIn(
  name: string,
  id: string,
  fixedVersion: string,
): NonNullable<DatabaseRows['advisories']>[number] {
  return {
    bucket,
    package: name,
    id,
    fixedVersion,
    entries: [{ fixedVersion, arches, vendorIds: ['RLSA-2024:7000'] }],
  }
}

/** Packages of every kind of rpm's databases, in one family. The ids are made up. */
export const rpmDatabaseRows: DatabaseRows = {
  dataSources: [
    {
      bucket,
      id: 'rocky',
      name: 'Rocky Linux updateinfo',
      url: 'https://download.rockylinux.org/pub/rocky/',
    },
  ],
  advisories: [
    fixedIn('rpmdb-plain', 'CVE-2024-70001', '0:2.34-100.el9'),
    fixedIn('rpmdb-plain', 'CVE-2024-70002', '2.34-83.el9'),
    // Under a source's name: never looked up.
    fixedIn('rpmdb-source', 'CVE-2024-70003', '9'),
    fixedIn('rpmdb-epoch', 'CVE-2024-70004', '1:3.0.7-25.el9_4'),
    fixedIn('rpmdb-epoch', 'CVE-2024-70005', '99.0-1'),
    fixedIn('rpmdb-noarch', 'CVE-2024-70006', '1.0-2.el9'),
    fixedIn('rpmdb-none', 'CVE-2024-70007', '1.0-2.el9'),
    fixedIn('gpg-pubkey', 'CVE-2024-70008', 'ffffffff-1'),
    fixedIn('rpmdb-tilde', 'CVE-2024-70009', '1.0-1.el9'),
    fixedIn('rpmdb-tilde', 'CVE-2024-70010', '1.0~rc1-1.el9'),
    fixedIn('RpmDB-Upper_Case+', 'CVE-2024-70011', '1.0.1-1.el9'),
    // A module's packages stand under its name: not this one.
    fixedIn('rpmdb-module', 'CVE-2024-70013', '1:18.19.1-1.module+el9'),
    fixedIn('rpmdb-caret', 'CVE-2024-70014', '1.0^git6-1.el9'),
    fixedIn('rpmdb-caret', 'CVE-2024-70015', '1.0-2.el9'),
    fixedIn('rpmdb-caret', 'CVE-2024-70016', '1.0.git4-1.el9'),
    fixedIn('bash', 'CVE-2024-70017', '5.1.8-10.el9'),
    fixedIn('openssl-libs', 'CVE-2024-70018', '1:3.0.7-27.el9'),
  ],
  details: [
    { id: 'CVE-2024-70001', severity: 'HIGH', vendorSeverity: { rocky: 'MEDIUM', nvd: 'HIGH' } },
    { id: 'CVE-2024-70004', severity: 'CRITICAL', vendorSeverity: { nvd: 'CRITICAL' } },
    { id: 'CVE-2024-70006', severity: 'LOW' },
  ],
}
