import type { ImageListing, LayerListing } from '../../../src/test-support/image-builder/index.ts'
import { apkInstalled } from '../../../src/test-support/package-databases.ts'
import { type RpmRow, rpmBerkeley, rpmNdb, rpmSqlite } from '../../../src/test-support/rpm-databases/index.ts'

function osRelease(id: string, release: string, name = id): string {
  return `NAME="${name}"\nVERSION="${release}"\nID="${id}"\nVERSION_ID="${release}"\n`
}

function sqlite(files: LayerListing['files'], vendor: string, rows: readonly RpmRow[]): LayerListing {
  return {
    files: { ...files, 'var/lib/rpm/rpmdb.sqlite': rpmSqlite(rows.map((row) => ({ vendor, ...row }))) },
  }
}

function berkeley(files: LayerListing['files'], vendor: string, rows: readonly RpmRow[]): LayerListing {
  return { files: { ...files, 'var/lib/rpm/Packages': rpmBerkeley(rows.map((row) => ({ vendor, ...row }))) } }
}

function ndb(files: LayerListing['files'], vendor: string, rows: readonly RpmRow[]): LayerListing {
  const database = rpmNdb(rows.map((row) => ({ vendor, ...row })))
  return { files: { ...files, 'usr/lib/sysimage/rpm/Packages.db': database } }
}

const alma9 = {
  'etc/almalinux-release': 'AlmaLinux release 9.2 (Turquoise Kodkod)\n',
  'etc/redhat-release': 'AlmaLinux release 9.2 (Turquoise Kodkod)\n',
  'etc/os-release': osRelease('almalinux', '9.2', 'AlmaLinux'),
}
const rocky8 = {
  'etc/rocky-release': 'Rocky Linux release 8.8 (Green Obsidian)\n',
  'etc/redhat-release': { type: 'symlink', target: 'rocky-release' } as const,
  'etc/os-release': osRelease('rocky', '8.8', 'Rocky Linux'),
}
const oracle8 = {
  'etc/oracle-release': 'Oracle Linux Server release 8.8\n',
  'etc/redhat-release': 'Red Hat Enterprise Linux release 8.8 (Ootpa)\n',
  'etc/os-release': osRelease('ol', '8.8', 'Oracle Linux Server'),
}
const suse = 'SUSE LLC <https://www.suse.com/>'
const photonPackages: readonly RpmRow[] = [
  { name: 'openssl', version: '3.0.8', release: '1.ph4' },
  { name: 'openssl-c_rehash', version: '3.0.8', release: '1.ph4', source: 'openssl-3.0.8-1.ph4.src.rpm' },
  { name: 'curl-libs', version: '8.1.2', release: '1.ph4', source: 'curl-8.0.0-9.ph4.src.rpm' },
  { name: 'sourceless', version: '1.0', release: '1.ph4', source: null },
]
const marinerPackages: readonly RpmRow[] = [
  { name: 'vim-minimal', version: '9.0.0', release: '1.cm2', source: 'vim-9.0.1-2.cm2.src.rpm' },
  { name: 'zlib', version: '1.2.12', release: '2.cm2', epoch: 1 },
  { name: 'kernel-headers', version: '5.15.1', release: '1.cm2', arch: 'noarch' },
]

export const rpmFamilyImages: Readonly<Record<string, ImageListing>> = {
  'alma-9': {
    layers: [
      sqlite(alma9, 'AlmaLinux', [
        { name: 'openssl-libs', version: '3.0.7', release: '16.el9_2', epoch: 1 },
        { name: 'bash', version: '5.1.8', release: '6.el9_1' },
        {
          name: 'nodejs',
          version: '18.14.2',
          release: '2.module_el9.2.0+29+de583a0e',
          epoch: 1,
          modularityLabel: 'nodejs:18:9020020230327152102:9',
        },
        // Without its label nothing says which stream it is of.
        { name: 'npm', version: '9.5.0', release: '1.18.14.2.2.module_el9.2.0+29+de583a0e', epoch: 1 },
      ]),
    ],
  },
  /** Entries of several architectures; a modular package. */
  'rocky-8': {
    layers: [
      sqlite(rocky8, 'Rocky Enterprise Software Foundation', [
        { name: 'bash', version: '4.4.20', release: '4.el8_6' },
        { name: 'tzdata', version: '2023c', release: '1.el8', arch: 'noarch' },
        { name: 'zlib', version: '1.2.11', release: '21.el8_7', arch: 'aarch64' },
        { name: 'glibc', version: '2.28', release: '225.el8' },
        { name: 'curl', version: '7.61.1', release: '30.el8' },
      ]),
    ],
  },
  'rocky-8-modular': {
    layers: [
      sqlite(rocky8, 'Rocky Enterprise Software Foundation', [
        {
          name: 'nodejs',
          version: '16.18.1',
          release: '3.module+el8.7.0+1108+49363b0d',
          epoch: 1,
          modularityLabel: 'nodejs:16:8070020221207:bd1311ed',
        },
      ]),
    ],
  },
  /** Flavours never meet: a normal build, one patched in memory, a certified one. */
  'oracle-8': {
    layers: [
      sqlite(oracle8, 'Oracle America', [
        { name: 'bash', version: '4.4.20', release: '4.el8_6' },
        { name: 'glibc', version: '2.28', release: '225.0.3.ksplice1.el8', epoch: 2 },
        { name: 'openssl-libs', version: '1.1.1k', release: '9.el8_7', epoch: 1 },
      ]),
    ],
  },
  'oracle-8-fips': {
    layers: [
      sqlite(oracle8, 'Oracle America', [
        { name: 'openssl-libs', version: '1.1.1k', release: '9.0.1.el8_fips', epoch: 10 },
        { name: 'gnutls', version: '3.6.16', release: '6.el8' },
      ]),
    ],
  },
  'oracle-8-arches': {
    layers: [
      sqlite(oracle8, 'Oracle America', [
        { name: 'krb5-libs', version: '1.18.2', release: '22.el8' },
        { name: 'libtirpc', version: '1.1.4', release: '8.el8', arch: 'aarch64' },
      ]),
    ],
  },
  'amazon-1': {
    layers: [
      berkeley({ 'etc/system-release': 'Amazon Linux AMI release 2018.03\n' }, 'Amazon.com', [
        { name: 'bash', version: '4.2.46', release: '34.43.amzn1' },
        { name: 'openssl', version: '1.0.2k', release: '16.152.amzn1', epoch: 1 },
      ]),
    ],
  },
  'amazon-2': {
    layers: [
      berkeley({ 'etc/system-release': 'Amazon Linux release 2 (Karoo)\n' }, 'Amazon Linux', [
        { name: 'bash', version: '4.2.46', release: '34.amzn2' },
        { name: 'openssl-libs', version: '1.0.2k', release: '24.amzn2.0.6', epoch: 1 },
        { name: 'odd', version: '1+0', release: '1.amzn2' },
        // Amazon's own packages may name no vendor.
        { name: 'zlib', version: '1.2.7', release: '19.amzn2.0.2', vendor: '' },
      ]),
    ],
  },
  'amazon-2022': {
    layers: [
      sqlite(
        { 'usr/lib/system-release': 'Amazon Linux release 2022.0.20221019 (Amazon Linux)\n' },
        'Amazon Linux',
        [{ name: 'bash', version: '5.1.8', release: '2.amzn2022.0.2' }],
      ),
    ],
  },
  'amazon-2023': {
    layers: [
      sqlite({ 'usr/lib/system-release': 'Amazon Linux release 2023 (Amazon Linux)\n' }, 'Amazon Linux', [
        { name: 'openssl-libs', version: '3.0.8', release: '1.amzn2023.0.3', epoch: 1 },
        { name: 'bash', version: '5.2.15', release: '1.amzn2023.0.2' },
      ]),
    ],
  },
  'suse-sles-15.5': {
    layers: [
      ndb({ 'etc/os-release': osRelease('sles', '15.5', 'SLES') }, suse, [
        {
          name: 'libopenssl1_1',
          version: '1.1.1l',
          release: '150500.17.6.1',
          source: 'openssl-1_1-1.1.1l-150500.17.6.1.src.rpm',
        },
        { name: 'bash', version: '4.4', release: '150400.25.22' },
      ]),
    ],
  },
  'suse-sle-micro-5.3': {
    layers: [
      sqlite({ 'etc/os-release': osRelease('sle-micro', '5.3', 'SLE Micro') }, suse, [
        { name: 'bash', version: '4.4', release: '150400.25.22' },
      ]),
    ],
  },
  'opensuse-leap-15.5': {
    layers: [
      ndb({ 'usr/lib/os-release': osRelease('opensuse-leap', '15.5', 'openSUSE Leap') }, 'openSUSE', [
        { name: 'bash', version: '4.4', release: '150400.25.22' },
        { name: 'curl', version: '8.0.1', release: '150400.5.26.1' },
      ]),
    ],
  },
  'opensuse-tumbleweed': {
    layers: [
      ndb(
        { 'etc/os-release': osRelease('opensuse-tumbleweed', '20230801', 'openSUSE Tumbleweed') },
        'openSUSE',
        [{ name: 'bash', version: '5.2.15', release: '6.1' }],
      ),
    ],
  },
  'photon-4.0': {
    layers: [
      sqlite(
        { 'etc/os-release': osRelease('photon', '4.0', 'VMware Photon OS') },
        'VMware, Inc.',
        photonPackages,
      ),
    ],
  },
  'mariner-2.0': {
    layers: [
      sqlite(
        {
          'etc/mariner-release': 'CBL-Mariner 2.0\nMARINER_BUILD_NUMBER=5a5b5c5\n',
          'etc/os-release': osRelease('mariner', '2.0', 'Common Base Linux Mariner'),
        },
        'Microsoft Corporation',
        marinerPackages,
      ),
    ],
  },
  'azurelinux-3.0': {
    layers: [
      sqlite(
        { 'etc/os-release': osRelease('azurelinux', '3.0', 'Microsoft Azure Linux') },
        'Microsoft Corporation',
        [{ name: 'vim', version: '9.0.1', release: '1.azl3' }],
      ),
    ],
  },
  /** Recognised; nobody publishes advisories for it. */
  'fedora-38': {
    layers: [
      sqlite({ 'etc/fedora-release': 'Fedora release 38 (Thirty Eight)\n' }, 'Fedora Project', [
        { name: 'bash', version: '5.2.15', release: '3.fc38' },
      ]),
    ],
  },
  /** Packages of a release that the database does not have. */
  'rocky-unknown-release': {
    layers: [
      sqlite({ 'etc/rocky-release': 'Rocky Linux release 77.1 (Unknown)\n' }, 'Rocky', [
        { name: 'bash', version: '1.0', release: '1' },
      ]),
    ],
  },
  /** A database that was upgraded, and one of apk beside it: the family speaks for both. */
  'photon-4.0-layers': {
    layers: [
      sqlite({ 'etc/os-release': osRelease('photon', '4.0') }, 'VMware, Inc.', photonPackages.slice(0, 3)),
      sqlite({}, 'VMware, Inc.', [
        { name: 'openssl', version: '3.0.12', release: '1.ph4' },
        ...photonPackages.slice(1, 3),
      ]),
      { files: { 'lib/apk/db/installed': apkInstalled([{ name: 'curl', version: '7.0.0-r0' }]) } },
    ],
  },
  /** Of statements about the system the first stays, unless it is Red Hat's. */
  'amazon-2-to-2023': {
    layers: [
      berkeley({ 'etc/system-release': 'Amazon Linux release 2 (Karoo)\n' }, 'Amazon Linux', [
        { name: 'bash', version: '4.2.46', release: '34.amzn2' },
      ]),
      {
        files: { 'usr/lib/system-release': 'Amazon Linux release 2023 (Amazon Linux)\n' },
      },
    ],
  },
}
