import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

const bucket = 'Red Hat'
const [rhel8, appstream8, rhel9, rhel7, product] = [1, 2, 3, 4, 5]

/** Red Hat: entries per product, several RHSA for one CVE, severities of the entry's own, statuses of what has no fix. */
export const redHatRows: DatabaseRows = {
  dataSources: [
    {
      bucket,
      id: 'redhat',
      name: 'Red Hat CSAF VEX',
      url: 'https://security.access.redhat.com/data/csaf/v2/vex/',
    },
  ],
  cpes: [
    { kind: 'repository', name: 'rhel-7-server-rpms', cpes: [rhel7] },
    { kind: 'repository', name: 'rhel-8-for-x86_64-baseos-rpms', cpes: [rhel8] },
    { kind: 'repository', name: 'rhel-8-for-x86_64-appstream-rpms', cpes: [appstream8, rhel8] },
    { kind: 'repository', name: 'rhel-9-for-x86_64-baseos-rpms', cpes: [rhel9] },
    { kind: 'repository', name: 'product-2-for-rhel-8-rpms', cpes: [product] },
    { kind: 'nvr', name: 'product-container-2.1-7-x86_64', cpes: [product] },
  ],
  advisories: [
    {
      bucket,
      package: 'bash',
      id: 'RHSA-2024:8001',
      entries: [
        {
          fixedVersion: '0:4.4.20-5.el8_6',
          arches: ['x86_64', 'aarch64'],
          cpes: [rhel8],
          cves: [
            { id: 'CVE-2024-80001', severity: 'LOW' },
            { id: 'CVE-2024-80002', severity: 'HIGH' },
          ],
        },
        {
          fixedVersion: '0:4.4.20-6.el8_6',
          arches: ['x86_64'],
          cpes: [product],
          cves: [{ id: 'CVE-2024-80001', severity: 'CRITICAL' }],
        },
      ],
    },
    // The second fix of one CVE.
    {
      bucket,
      package: 'bash',
      id: 'RHSA-2024:8002',
      entries: [
        {
          fixedVersion: '0:4.4.20-10.el8_6',
          cpes: [rhel8],
          cves: [{ id: 'CVE-2024-80001', severity: 'LOW' }],
        },
        {
          fixedVersion: '0:5.1.8-7.el9',
          cpes: [rhel9],
          cves: [{ id: 'CVE-2024-80001', severity: 'MEDIUM' }],
        },
      ],
    },
    // For other architectures only.
    {
      bucket,
      package: 'bash',
      id: 'RHSA-2024:8003',
      entries: [
        {
          fixedVersion: '0:9-1',
          arches: ['s390x'],
          cpes: [rhel8],
          cves: [{ id: 'CVE-2024-80003', severity: 'HIGH' }],
        },
      ],
    },
    {
      bucket,
      package: 'tzdata',
      id: 'RHSA-2024:8004',
      entries: [
        {
          fixedVersion: '0:2024a-1',
          arches: ['ppc64le'],
          cpes: [rhel8],
          cves: [{ id: 'CVE-2024-80004', severity: 'MEDIUM' }],
        },
      ],
    },
    {
      bucket,
      package: 'openssl-libs',
      id: 'RHSA-2024:8005',
      entries: [
        {
          fixedVersion: '1:1.1.1k-9.el8_7',
          cpes: [rhel8],
          cves: [{ id: 'CVE-2024-80005', severity: 'HIGH' }],
        },
        { fixedVersion: '1:1.1.1k-9.el8_7', cpes: [product], cves: [{ id: 'CVE-2024-80005' }] },
      ],
    },
    // Fixed already.
    {
      bucket,
      package: 'openssl-libs',
      id: 'RHSA-2024:8006',
      entries: [
        {
          fixedVersion: '1:1.1.1k-7.el8_6',
          cpes: [rhel8],
          cves: [{ id: 'CVE-2024-80006', severity: 'HIGH' }],
        },
      ],
    },
    {
      bucket,
      package: 'glibc',
      id: 'CVE-2024-80007',
      entries: [
        { status: 'will_not_fix', cpes: [rhel8], cves: [{ severity: 'LOW' }] },
        { status: 'affected', cpes: [product, rhel9], cves: [{ severity: 'MEDIUM' }] },
      ],
    },
    {
      bucket,
      package: 'glibc',
      id: 'CVE-2024-80008',
      entries: [{ status: 'fix_deferred', cpes: [rhel8], cves: [{}] }],
    },
    {
      bucket,
      package: 'krb5-libs',
      id: 'CVE-2024-80009',
      entries: [
        { status: 'end_of_life', cpes: [rhel8], cves: [{ severity: 'HIGH' }] },
        { status: 'under_investigation', cpes: [product], cves: [{ severity: 'HIGH' }] },
      ],
    },
    {
      bucket,
      package: 'krb5-libs',
      id: 'CVE-2024-80010',
      entries: [{ cpes: [rhel8], cves: [{ severity: 'LOW' }] }],
    },
    // Unfixed for a product, and fixed for another one below what is installed.
    {
      bucket,
      package: 'zlib',
      id: 'CVE-2024-80011',
      entries: [{ status: 'affected', cpes: [rhel8], cves: [{ severity: 'LOW' }] }],
    },
    {
      bucket,
      package: 'zlib',
      id: 'RHSA-2024:8011',
      entries: [
        {
          fixedVersion: '0:1.2.11-20.el8',
          cpes: [appstream8],
          cves: [{ id: 'CVE-2024-80011', severity: 'LOW' }],
        },
      ],
    },
    {
      bucket,
      package: 'gpg-pubkey',
      id: 'CVE-2024-80012',
      entries: [{ cpes: [rhel8], cves: [{ severity: 'LOW' }] }],
    },
    {
      bucket,
      package: 'nodejs:16::nodejs',
      id: 'RHSA-2024:8013',
      entries: [
        {
          fixedVersion: '1:16.20.2-1.module+el8.8.0+19757+8ca87034',
          arches: ['x86_64'],
          cpes: [appstream8, product],
          cves: [{ id: 'CVE-2024-80013', severity: 'HIGH' }],
        },
      ],
    },
    // Of another stream, and of no module.
    {
      bucket,
      package: 'nodejs:18::nodejs',
      id: 'RHSA-2024:8014',
      entries: [
        {
          fixedVersion: '1:18.0.0-1',
          cpes: [appstream8],
          cves: [{ id: 'CVE-2024-80014', severity: 'HIGH' }],
        },
      ],
    },
    {
      bucket,
      package: 'npm',
      id: 'RHSA-2024:8015',
      entries: [
        { fixedVersion: '1:99-1', cpes: [appstream8], cves: [{ id: 'CVE-2024-80015', severity: 'HIGH' }] },
      ],
    },
    {
      bucket,
      package: 'vim-minimal',
      id: 'RHSA-2024:7001',
      entries: [
        {
          fixedVersion: '2:7.4.629-9.el7_9',
          cpes: [rhel7],
          cves: [{ id: 'CVE-2024-70001', severity: 'MEDIUM' }],
        },
      ],
    },
    {
      bucket,
      package: 'bash',
      id: 'CVE-2024-70002',
      entries: [{ status: 'end_of_life', cpes: [rhel7], cves: [{ severity: 'LOW' }] }],
    },
  ],
  details: [
    { id: 'CVE-2024-80001', vendorSeverity: { redhat: 'MEDIUM', nvd: 'CRITICAL' } },
    { id: 'CVE-2024-80005', vendorSeverity: { nvd: 'CRITICAL' } },
    { id: 'CVE-2024-80007', vendorSeverity: { redhat: 'HIGH' } },
    { id: 'CVE-2024-80008', vendorSeverity: { nvd: 'HIGH' } },
    { id: 'CVE-2024-80013', vendorSeverity: { redhat: 'LOW' } },
  ],
}
