import type { AdvisoryRow, DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

interface Source {
  readonly id: string
  readonly name: string
  readonly url: string
}

const sources: Readonly<Record<string, Source>> = {
  'alma 9': { id: 'alma', name: 'AlmaLinux Product Errata', url: 'https://errata.almalinux.org/' },
  'rocky 8': {
    id: 'rocky',
    name: 'Rocky Linux updateinfo',
    url: 'https://download.rockylinux.org/pub/rocky/',
  },
  'Oracle Linux 8': {
    id: 'oracle-oval',
    name: 'Oracle Linux OVAL definitions',
    url: 'https://linux.oracle.com/security/oval/',
  },
  'amazon linux 1': {
    id: 'amazon',
    name: 'Amazon Linux Security Center',
    url: 'https://alas.aws.amazon.com/',
  },
  'amazon linux 2': {
    id: 'amazon',
    name: 'Amazon Linux Security Center',
    url: 'https://alas.aws.amazon.com/',
  },
  'amazon linux 2022': {
    id: 'amazon',
    name: 'Amazon Linux Security Center',
    url: 'https://alas.aws.amazon.com/',
  },
  'amazon linux 2023': {
    id: 'amazon',
    name: 'Amazon Linux Security Center',
    url: 'https://alas.aws.amazon.com/',
  },
  'SUSE Linux Enterprise 15.5': {
    id: 'suse-cvrf',
    name: 'SUSE CVRF',
    url: 'https://ftp.suse.com/pub/projects/security/cvrf/',
  },
  'SUSE Linux Enterprise Micro 5.3': {
    id: 'suse-cvrf',
    name: 'SUSE CVRF',
    url: 'https://ftp.suse.com/pub/projects/security/cvrf/',
  },
  'openSUSE Leap 15.5': {
    id: 'suse-cvrf',
    name: 'SUSE CVRF',
    url: 'https://ftp.suse.com/pub/projects/security/cvrf/',
  },
  'openSUSE Tumbleweed': {
    id: 'suse-cvrf',
    name: 'SUSE CVRF',
    url: 'https://ftp.suse.com/pub/projects/security/cvrf/',
  },
  'Photon OS 4.0': {
    id: 'photon',
    name: 'Photon OS CVE metadata',
    url: 'https://packages.vmware.com/photon/photon_cve_metadata/',
  },
  'CBL-Mariner 2.0': {
    id: 'cbl-mariner',
    name: 'CBL-Mariner Vulnerability Data',
    url: 'https://github.com/microsoft/AzureLinuxVulnerabilityData',
  },
  'Azure Linux 3.0': {
    id: 'azure',
    name: 'Azure Linux Vulnerability Data',
    url: 'https://github.com/microsoft/AzureLinuxVulnerabilityData',
  },
}

function rows(bucket: string, list: readonly Omit<AdvisoryRow, 'bucket'>[]): AdvisoryRow[] {
  return list.map((row) => ({ bucket, ...row }))
}

/** Families of rpm: no fix is no finding but with Microsoft; entries by architecture; flavours; every spelling of a fix. */
export const rpmFamilyRows: DatabaseRows = {
  dataSources: Object.entries(sources).map(([bucket, source]) => ({ bucket, ...source })),
  advisories: [
    ...rows('alma 9', [
      { package: 'openssl-libs', id: 'CVE-2024-90001', fixedVersion: '1:3.0.7-24.el9' },
      { package: 'openssl-libs', id: 'CVE-2024-90002', fixedVersion: '1:3.0.7-16.el9_2' },
      { package: 'openssl-libs', id: 'CVE-2024-90003', fixedVersion: '3.9.9-1.el9' },
      { package: 'bash', id: 'CVE-2024-90004', fixedVersion: '0:5.1.8-9.el9', vendorIds: ['ALSA-2024:1'] },
      { package: 'bash', id: 'CVE-2024-90005' },
      { package: 'nodejs:18::nodejs', id: 'CVE-2024-90006', fixedVersion: '1:18.18.2-2.module_el9.3.0+43' },
      { package: 'npm', id: 'CVE-2024-90007', fixedVersion: '1:99.0.0-1' },
      { package: 'nodejs', id: 'CVE-2024-90008', fixedVersion: '1:99.0.0-1' },
    ]),
    ...rows('rocky 8', [
      {
        package: 'bash',
        id: 'CVE-2024-81001',
        fixedVersion: '0:4.4.20-5.el8',
        entries: [
          { fixedVersion: '0:4.4.20-5.el8', arches: ['x86_64', 'aarch64'], vendorIds: ['RLSA-2024:1'] },
          { fixedVersion: '0:9.9-1.el8', arches: ['s390x'], vendorIds: ['RLSA-2024:2'] },
        ],
      },
      {
        package: 'bash',
        id: 'CVE-2024-81002',
        entries: [
          { fixedVersion: '4.4.20-5.el8', arches: ['x86_64'] },
          { fixedVersion: '4.4.20-6.el8', arches: ['x86_64'] },
        ],
      },
      {
        package: 'tzdata',
        id: 'CVE-2024-81003',
        entries: [{ fixedVersion: '2024a-1.el8', arches: ['x86_64', 'noarch'] }],
      },
      {
        package: 'tzdata',
        id: 'CVE-2024-81004',
        entries: [{ fixedVersion: '2024a-1.el8', arches: ['x86_64'] }],
      },
      {
        package: 'zlib',
        id: 'CVE-2024-81005',
        entries: [{ fixedVersion: '1.2.12-1.el8', arches: ['x86_64'] }],
      },
      { package: 'glibc', id: 'CVE-2024-81006', fixedVersion: '2.28-236.el8' },
      { package: 'curl', id: 'CVE-2024-81007', status: 'will_not_fix' },
      {
        package: 'nodejs:16::nodejs',
        id: 'CVE-2024-81008',
        entries: [{ fixedVersion: '1:16.20.2-1', arches: ['x86_64'] }],
      },
    ]),
    ...rows('Oracle Linux 8', [
      { package: 'bash', id: 'CVE-2024-82001', fixedVersion: '0:4.4.20-5.el8' },
      { package: 'bash', id: 'CVE-2024-82002', fixedVersion: '4.4.20-5.ksplice1.el8' },
      { package: 'bash', id: 'CVE-2024-82003' },
      { package: 'glibc', id: 'CVE-2024-82004', fixedVersion: '2:2.28-236.0.1.ksplice1.el8' },
      { package: 'glibc', id: 'CVE-2024-82005', fixedVersion: '2:2.28-236.el8' },
      { package: 'openssl-libs', id: 'CVE-2024-82006', fixedVersion: '10:1.1.1k-12.el8_fips' },
      { package: 'openssl-libs', id: 'CVE-2024-82007', fixedVersion: '1:1.1.1k-12.el8_9' },
      { package: 'gnutls', id: 'CVE-2024-82008', fixedVersion: '10:3.6.16-7.el8_fips' },
      {
        package: 'krb5-libs',
        id: 'CVE-2024-82009',
        fixedVersion: '1.18.2-25.el8',
        entries: [
          { fixedVersion: '1.18.2-25.el8', arches: ['x86_64'], vendorIds: ['ELSA-2024-1'] },
          { fixedVersion: '1.18.2-26.el8', arches: ['aarch64'], vendorIds: ['ELSA-2024-1'] },
        ],
      },
      {
        package: 'libtirpc',
        id: 'CVE-2024-82010',
        fixedVersion: '1.1.4-9.el8',
        entries: [{ fixedVersion: '1.1.4-9.el8', arches: ['x86_64'] }],
      },
    ]),
    ...rows('amazon linux 1', [
      { package: 'bash', id: 'CVE-2024-83001', fixedVersion: '4.2.46-34.44.amzn1' },
      { package: 'openssl', id: 'CVE-2024-83002', fixedVersion: '1:1.0.2k-16.152.amzn1' },
    ]),
    ...rows('amazon linux 2', [
      { package: 'bash', id: 'CVE-2024-83003', fixedVersion: '4.2.46-35.amzn2' },
      { package: 'openssl-libs', id: 'CVE-2024-83004', fixedVersion: '1:1.0.2k-24.amzn2.0.10' },
      { package: 'openssl-libs', id: 'CVE-2024-83005' },
      { package: 'openssl-libs', id: 'CVE-2024-83006', fixedVersion: 'not a version' },
      { package: 'odd', id: 'CVE-2024-83007', fixedVersion: '1.0-1.amzn2' },
      { package: 'odd', id: 'CVE-2024-83008', fixedVersion: '1+0-2.amzn2' },
      { package: 'zlib', id: 'CVE-2024-83009', fixedVersion: '1.2.7-19.amzn2.0.3' },
    ]),
    ...rows('amazon linux 2022', [
      { package: 'bash', id: 'CVE-2024-83010', fixedVersion: '5.1.8-3.amzn2022' },
    ]),
    ...rows('amazon linux 2023', [
      { package: 'openssl-libs', id: 'CVE-2024-83011', fixedVersion: '1:3.0.8-1.amzn2023.0.4' },
      { package: 'bash', id: 'CVE-2024-83012', fixedVersion: '5.2.15-1.amzn2023.0.1' },
    ]),
    ...rows('SUSE Linux Enterprise 15.5', [
      { package: 'libopenssl1_1', id: 'CVE-2024-84001', fixedVersion: '1.1.1l-150500.17.9.1' },
      { package: 'openssl-1_1', id: 'CVE-2024-84002', fixedVersion: '9' },
      { package: 'bash', id: 'CVE-2024-84003', fixedVersion: '0:4.4-150400.27' },
      { package: 'bash', id: 'CVE-2024-84004' },
    ]),
    ...rows('SUSE Linux Enterprise Micro 5.3', [
      { package: 'bash', id: 'CVE-2024-84005', fixedVersion: '4.4-150400.27' },
    ]),
    ...rows('openSUSE Leap 15.5', [
      { package: 'bash', id: 'CVE-2024-84006', fixedVersion: '4.4-150400.27' },
      { package: 'curl', id: 'CVE-2024-84007', fixedVersion: '8.0.1-150400.5.26.1' },
    ]),
    ...rows('openSUSE Tumbleweed', [{ package: 'bash', id: 'CVE-2024-84008', fixedVersion: '5.2.21-1.1' }]),
    ...rows('Photon OS 4.0', [
      { package: 'openssl', id: 'CVE-2024-85001', fixedVersion: '3.0.9-1.ph4' },
      { package: 'curl', id: 'CVE-2024-85002', fixedVersion: '8.1.0-1.ph4' },
      { package: 'curl', id: 'CVE-2024-85003', fixedVersion: '8.1.2-2.ph4' },
      { package: 'curl', id: 'CVE-2024-85004' },
      { package: 'sourceless', id: 'CVE-2024-85005', fixedVersion: '2.0-1.ph4' },
    ]),
    ...rows('CBL-Mariner 2.0', [
      { package: 'vim', id: 'CVE-2024-86001', fixedVersion: '9.0.1-2.cm2' },
      { package: 'vim', id: 'CVE-2024-86002', fixedVersion: '0:9.0.1-3.cm2' },
      { package: 'zlib', id: 'CVE-2024-86003', fixedVersion: '1.2.13-1.cm2' },
      { package: 'zlib', id: 'CVE-2024-86004', fixedVersion: '1:1.2.13-1.cm2' },
      { package: 'kernel-headers', id: 'CVE-2024-86005', status: 'will_not_fix' },
    ]),
    ...rows('Azure Linux 3.0', [{ package: 'vim', id: 'CVE-2024-86006', fixedVersion: '9.1-1.azl3' }]),
  ],
  details: [
    { id: 'CVE-2024-90001', vendorSeverity: { alma: 'HIGH', nvd: 'LOW' } },
    { id: 'CVE-2024-81001', vendorSeverity: { rocky: 'MEDIUM' } },
    { id: 'CVE-2024-82001', vendorSeverity: { 'oracle-oval': 'MEDIUM' } },
    { id: 'CVE-2024-83003', vendorSeverity: { amazon: 'MEDIUM' } },
    { id: 'CVE-2024-84001', vendorSeverity: { 'suse-cvrf': 'HIGH' } },
    { id: 'CVE-2024-85001', vendorSeverity: { photon: 'CRITICAL' } },
    { id: 'CVE-2024-86002', vendorSeverity: { 'cbl-mariner': 'HIGH' } },
    { id: 'CVE-2024-86005', vendorSeverity: { nvd: 'HIGH' } },
  ],
}
