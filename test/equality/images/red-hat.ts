import type { ImageListing, LayerListing } from '../../../src/test-support/image-builder/index.ts'
import { apkInstalled } from '../../../src/test-support/package-databases.ts'
import { type RpmRow, rpmBerkeley, rpmSqlite } from '../../../src/test-support/rpm-databases/index.ts'

const vendor = 'Red Hat, Inc.'

function redHat(rows: readonly RpmRow[]): readonly RpmRow[] {
  return rows.map((row) => ({ vendor, ...row }))
}

const base: readonly RpmRow[] = redHat([
  { name: 'bash', version: '4.4.20', release: '4.el8_6' },
  {
    name: 'openssl-libs',
    version: '1.1.1k',
    release: '7.el8_6',
    epoch: 1,
    source: 'openssl-1.1.1k-7.el8_6.src.rpm',
  },
  { name: 'tzdata', version: '2023c', release: '1.el8', arch: 'noarch' },
  { name: 'glibc', version: '2.28', release: '225.el8' },
  { name: 'krb5-libs', version: '1.18.2', release: '22.el8_7', source: 'krb5-1.18.2-22.el8_7.src.rpm' },
  { name: 'zlib', version: '1.2.11', release: '21.el8_7' },
  { name: 'gpg-pubkey', version: 'fd431d51', release: '4ae0493b', arch: null, source: null, vendor: '' },
])

const modular: readonly RpmRow[] = redHat([
  {
    name: 'nodejs',
    version: '16.18.1',
    release: '3.module+el8.7.0+17465+1a1abd74',
    epoch: 1,
    modularityLabel: 'nodejs:16:8070020221207164159:bd1311ed',
  },
  {
    name: 'npm',
    version: '8.19.2',
    release: '1.16.18.1.3.module+el8.7.0+17465+1a1abd74',
    epoch: 1,
    modularityLabel: 'nodejs:16:8070020221207164159:bd1311ed',
  },
])

function release(text: string): NonNullable<LayerListing['files']> {
  return { 'etc/redhat-release': text }
}

const ubi8 = release('Red Hat Enterprise Linux release 8.7 (Ootpa)\n')

function contentSets(...names: readonly string[]): string {
  return JSON.stringify({ metadata: { icm_version: 1 }, content_sets: names })
}

function dockerfile(component: string): string {
  return [
    'FROM scratch',
    `LABEL com.redhat.component="${component}" \\`,
    '      name="ubi8" \\',
    '# the next is added when it is built',
    '      version="8.7"',
    'ENV container=oci',
    'ADD content.tar /',
    'LABEL "release"="1112" "vendor"="Red Hat, Inc." "architecture"="x86_64"',
    '',
  ].join('\n')
}

export const redHatImages: Readonly<Record<string, ImageListing>> = {
  /** No build information: the repositories of the major release. */
  'redhat-8-plain': {
    layers: [{ files: { ...ubi8, 'var/lib/rpm/Packages': rpmBerkeley([...base, ...modular]) } }],
  },
  'redhat-9-plain': {
    layers: [
      {
        files: {
          ...release('Red Hat Enterprise Linux release 9.2 (Plow)\n'),
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite(base),
        },
      },
    ],
  },
  /** Build information in the second layer: the base takes it over. Generic suffixes of repositories are none. */
  'redhat-8-content-sets': {
    layers: [
      { files: { ...ubi8, 'var/lib/rpm/Packages': rpmBerkeley(base) } },
      {
        files: {
          'root/buildinfo/content_manifests/ubi8-container-8.7-1112.json': contentSets(
            'rhel-8-for-x86_64-baseos-rpms',
            'rhel-8-for-x86_64-appstream-rpms__8',
          ),
          'root/buildinfo/Dockerfile-ubi8-8.7-1112': dockerfile('ubi8-container'),
        },
      },
    ],
  },
  /** Two products in one image: packages of each layer are judged by its own build; those on top by the nearest below. */
  'redhat-8-two-content-sets': {
    layers: [
      {
        files: {
          ...ubi8,
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite(base.slice(0, 3)),
        },
      },
      {
        files: {
          'root/buildinfo/content_manifests/ubi8-container-8.7-1112.json': contentSets(
            'rhel-8-for-x86_64-baseos-rpms',
          ),
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite(base.slice(0, 4)),
        },
      },
      {
        files: {
          'root/buildinfo/content_manifests/product-container-2.1-7.json':
            contentSets('product-2-for-rhel-8-rpms'),
          'root/buildinfo/Dockerfile-product-2.1-7': dockerfile('product-container'),
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite([...base.slice(0, 5), ...modular]),
        },
      },
      { files: { 'var/lib/rpm/rpmdb.sqlite': rpmSqlite([...base, ...modular]) } },
    ],
  },
  /** Only the build's name tells the product. */
  'redhat-8-build-name': {
    layers: [
      {
        files: {
          ...ubi8,
          'root/buildinfo/Dockerfile-product-2.1-7': dockerfile('product-container'),
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite(base),
        },
      },
    ],
  },
  /** Build information in the lowest layer: 0.44.1 does not see it from above. */
  'redhat-8-content-sets-below': {
    layers: [
      {
        files: {
          ...ubi8,
          'root/buildinfo/content_manifests/ubi8-container-8.7-1112.json':
            contentSets('product-2-for-rhel-8-rpms'),
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite(base.slice(0, 2)),
        },
      },
      { files: { 'var/lib/rpm/rpmdb.sqlite': rpmSqlite(base) } },
    ],
  },
  /** A release that nobody knows has no repositories of its own: 0.44.1 fails the whole scan for it, without any findings. */
  'redhat-unknown-release-empty': {
    layers: [{ files: release('Red Hat Enterprise Linux release 99.1 (Unknown)\n') }],
  },
  /** Others' builds: 0.44.1 knows Remi's only. */
  'redhat-8-third-party': {
    layers: [
      {
        files: {
          ...ubi8,
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite([
            { name: 'bash', version: '4.4.20', release: '4.el8', vendor: 'Fedora Project' },
            { name: 'krb5-libs', version: '1.18.2', release: '22.el8', vendor: 'Example, Ltd.' },
            { name: 'glibc', version: '2.28', release: '1.el8.remi', vendor: 'Remi Collet' },
          ]),
        },
      },
    ],
  },
  /** The family speaks for packages of any database. */
  'redhat-8-with-apk': {
    layers: [
      { files: { ...ubi8, 'var/lib/rpm/rpmdb.sqlite': rpmSqlite(base) } },
      {
        files: {
          'lib/apk/db/installed': apkInstalled([
            { name: 'busybox', version: '1.36.1-r5' },
            { name: 'zlib', version: '1.2.11-r3' },
          ]),
        },
      },
    ],
  },
  'centos-7': {
    layers: [
      {
        files: {
          'etc/centos-release': 'CentOS Linux release 7.9.2009 (Core)\n',
          'etc/redhat-release': { type: 'symlink', target: 'centos-release' },
          'etc/os-release': 'NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nVERSION_ID="7"\n',
          'var/lib/rpm/Packages': rpmBerkeley([
            { name: 'bash', version: '4.2.46', release: '34.el7', vendor: 'CentOS' },
            { name: 'vim-minimal', version: '7.4.629', release: '8.el7_9', epoch: 2, vendor: 'CentOS' },
          ]),
        },
      },
    ],
  },
  /** Nobody publishes advisories for it. */
  'centos-stream-9': {
    layers: [
      {
        files: {
          'etc/centos-release': 'CentOS Stream release 9\n',
          'etc/os-release': 'NAME="CentOS Stream"\nID="centos"\nVERSION_ID="9"\n',
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite([
            { name: 'bash', version: '5.1.8', release: '6.el9', vendor: 'CentOS' },
          ]),
        },
      },
    ],
  },
  /** Oracle's own file goes before Red Hat's, in whatever layer. */
  'redhat-to-oracle': {
    layers: [
      { files: ubi8 },
      {
        files: {
          'etc/oracle-release': 'Oracle Linux Server release 8.8\n',
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite([
            { name: 'bash', version: '4.4.20', release: '4.el8', vendor: 'Oracle America' },
          ]),
        },
      },
    ],
  },
}
