import type { ImageListing } from '../../../src/test-support/image-builder/index.ts'
import { dpkgStatus, packageJson } from '../../../src/test-support/package-databases.ts'
import { debootstrapLayer, fixture } from '../fixtures.ts'

const debian12 = { 'etc/debian_version': '12.4\n' }
const openssl = { name: 'openssl', version: '3.0.11-1~deb12u2' }
const libssl = { name: 'libssl3', version: '3.0.11-1~deb12u2', source: 'openssl' }
const libc = { name: 'libc6', version: '2.36-9+deb12u4', source: 'glibc' }

export const debianImages: Readonly<Record<string, ImageListing>> = {
  /** As debootstrap makes it; Debian's own Node.js brings a package.json that its package owns. */
  'debian-11-debootstrap': {
    layers: [
      debootstrapLayer(11, {
        'var/lib/dpkg/info/nodejs.list': fixture('debian-11-debootstrap/nodejs.list'),
        'usr/share/nodejs/@types/node/package.json': packageJson('@types/node', '12.20.55'),
      }),
    ],
  },
  'debian-12-debootstrap': { layers: [debootstrapLayer(12)] },

  /** Every status word; the same package for two architectures; a version that is none; two fields of one name. */
  'debian-12-status-words': {
    layers: [
      {
        files: {
          ...debian12,
          'var/lib/dpkg/status': [
            dpkgStatus([
              openssl,
              { ...libssl, arch: 'amd64' },
              { ...libssl, arch: 'i386' },
              { name: 'libc6', version: '2.35-1', source: 'glibc (2.36-9)', arch: 'i386' },
              libc,
              {
                name: 'perl-removed',
                version: '5.36.0-1',
                source: 'perl',
                status: 'deinstall ok config-files',
              },
              { name: 'perl-purged', version: '5.36.0-1', source: 'perl', status: 'purge ok not-installed' },
              { name: 'perl-half', version: '5.36.0-1', source: 'perl', status: 'install ok half-installed' },
              { name: 'perl-unpacked', version: '5.36.0-1', source: 'perl', status: 'install ok unpacked' },
              { name: 'curl', version: 'unknown' },
              { name: 'curl-source', version: '7.0-1', source: 'curl (none)' },
              { name: 'login', version: '1:4.13+dfsg1-1+deb12u1', source: 'shadow (1:4.13+dfsg1-1+deb12u1)' },
              { name: 'passwd', version: '0:4.13-1', source: 'shadow' },
            ]),
            'Package: mount\nStatus: install ok installed\nVersion: 2.38.1-5\nversion: 9\nSource: util-linux\n',
            'Package: broken\nStatus: install ok installed\nthis line is no field\nVersion: 1\nSource: glibc\n',
            'package: lower-case\nstatus: install ok installed\nversion: 2.36-1\nsource: glibc\n',
          ].join('\n'),
        },
      },
    ],
  },

  /** The upper layer deletes the package database: nothing is left to find. */
  'debian-12-status-deleted': {
    layers: [
      { files: { ...debian12, 'var/lib/dpkg/status': dpkgStatus([openssl, libc]) } },
      { whiteouts: ['var/lib/dpkg/status'] },
    ],
  },

  /** An upgrade above: the lower versions are gone, and what did not change keeps its layer. */
  'debian-12-upgraded': {
    compression: 'zstd',
    layers: [
      { files: { ...debian12, 'var/lib/dpkg/status': dpkgStatus([openssl, libssl, libc]) } },
      { files: { 'srv/unrelated': 'x' } },
      {
        files: {
          'var/lib/dpkg/status': dpkgStatus([
            { ...openssl, version: '3.0.99-1~deb12u1' },
            { ...libssl, version: '3.0.99-1~deb12u1' },
            libc,
            { name: 'curl', version: '7.88.1-10' },
          ]),
        },
      },
    ],
  },

  /** Debian may be overwritten by a later layer: 11 becomes 12. */
  'debian-11-to-12': {
    layers: [
      {
        files: {
          'etc/debian_version': '11.8\n',
          'var/lib/dpkg/status': dpkgStatus([{ name: 'libc6', version: '2.31-13+deb11u7', source: 'glibc' }]),
        },
      },
      { files: { ...debian12, 'var/lib/dpkg/status': dpkgStatus([libc]) } },
    ],
  },

  /** Distroless: one file a package, checksums beside it, a package deleted above. */
  'debian-12-distroless': {
    mediaTypes: 'docker',
    layers: [
      {
        files: {
          'etc/debian_version': '12.4\n',
          'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
          'var/lib/dpkg/status.d/libc6': dpkgStatus([{ ...libc, status: null }]),
          'var/lib/dpkg/status.d/libssl3': dpkgStatus([{ ...libssl, status: null }]),
          'var/lib/dpkg/status.d/libssl3.md5sums':
            '0123456789abcdef0123456789abcdef  usr/lib/x86_64-linux-gnu/libssl.so.3\n',
          'var/lib/dpkg/status.d/deeper/curl': dpkgStatus([{ name: 'curl', version: '1.0' }]),
        },
      },
      {
        files: {
          'var/lib/dpkg/status.d/tzdata': dpkgStatus([{ name: 'tzdata', version: '2023c-5', status: null }]),
        },
        whiteouts: ['var/lib/dpkg/status.d/libssl3'],
      },
    ],
  },

  /** A package.json that a Distroless checksum list names: Trivy drops it since 0.65. */
  'debian-12-distroless-npm': {
    layers: [
      {
        files: {
          ...debian12,
          'var/lib/dpkg/status.d/node-minimist': dpkgStatus([
            { name: 'node-minimist', version: '1.2.5-1', status: null },
          ]),
          'var/lib/dpkg/status.d/node-minimist.md5sums':
            '0123456789abcdef0123456789abcdef  usr/share/nodejs/minimist/package.json\n',
          'usr/share/nodejs/minimist/package.json': packageJson('minimist', '1.2.5'),
        },
      },
    ],
  },

  /** Before a release the file holds code names, which no bucket has. */
  'debian-testing': {
    layers: [{ files: { 'etc/debian_version': 'trixie/sid\n', 'var/lib/dpkg/status': dpkgStatus([libc]) } }],
  },
}
