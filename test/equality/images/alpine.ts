import type { ImageListing, LayerListing } from '../../../src/test-support/image-builder/index.ts'
import {
  type ApkRow,
  apkInstalled,
  dpkgStatus,
  packageJson,
} from '../../../src/test-support/package-databases.ts'

const installed: readonly ApkRow[] = [
  { name: 'musl', version: '1.2.4-r0' },
  { name: 'busybox', version: '1.36.1-r5', files: ['bin/busybox', 'etc/securetty'] },
  { name: 'ssl_client', version: '1.36.1-r5', origin: 'busybox' },
  { name: 'libcrypto3', version: '3.1.4-r0', origin: 'openssl' },
  { name: 'libssl3', version: '3.1.4-r0', origin: 'openssl', license: 'Apache-2.0' },
  { name: 'zlib', version: '1.2.13-r1', license: 'Zlib' },
  { name: 'git', version: '2.40.1-r0', license: '(GPL-2.0-only AND MIT)' },
  { name: 'no-origin', version: '1.0.0-r0', origin: null },
  { name: 'zlib', version: '9.9.9-r0' },
  { name: 'unreadable', version: '1.0-final' },
]

function release(number: string): LayerListing['files'] {
  return {
    'etc/alpine-release': `${number}\n`,
    'etc/os-release': `NAME="Alpine Linux"\nID=alpine\nVERSION_ID=${number}\n`,
  }
}

function repositories(...releases: string[]): string {
  return releases.map((name) => `https://dl-cdn.alpinelinux.org/alpine/${name}/main\n`).join('')
}

export const alpineImages: Readonly<Record<string, ImageListing>> = {
  'alpine-3.18': {
    layers: [
      {
        files: {
          ...release('3.18.4'),
          'etc/apk/repositories': repositories('v3.18'),
          'lib/apk/db/installed': apkInstalled(installed),
        },
      },
    ],
  },
  'alpine-edge': {
    layers: [
      { files: { ...release('3.19_alpha20230901'), 'lib/apk/db/installed': apkInstalled(installed) } },
      { files: { 'etc/apk/repositories': repositories('v3.18', 'edge') } },
    ],
  },
  /** Only os-release says what it is. */
  'alpine-os-release': {
    layers: [
      {
        files: {
          'usr/lib/os-release': 'ID="alpine"\nVERSION_ID="3.18.0"\n',
          'lib/apk/db/installed': apkInstalled(installed),
        },
      },
    ],
  },
  /** No release anywhere: the repositories are taken for it. */
  'alpine-repositories-only': {
    layers: [
      {
        files: {
          'etc/apk/repositories': repositories('v3.17', 'v3.18'),
          'lib/apk/db/installed': apkInstalled(installed),
        },
      },
    ],
  },
  /** The database where Alpine has it since /lib became a link: Trivy reads it since 0.63. */
  'alpine-merged-usr': {
    layers: [{ files: { ...release('3.18.4'), 'usr/lib/apk/db/installed': apkInstalled(installed) } }],
  },
  /** npm's own package, installed by apk, and others in a later layer that nobody owns. */
  'alpine-npm-owned': {
    layers: [
      {
        files: {
          ...release('3.18.4'),
          'lib/apk/db/installed': apkInstalled([
            {
              name: 'npm',
              version: '9.6.6-r0',
              files: ['usr/lib/node_modules/npm/node_modules/minimist/package.json'],
            },
          ]),
          'usr/lib/node_modules/npm/node_modules/minimist/package.json': packageJson('minimist', '1.2.5'),
        },
      },
      {
        files: {
          'usr/lib/node_modules/npm/node_modules/lodash/package.json': packageJson('lodash', '4.17.20'),
        },
      },
    ],
  },
  /** All OS packages are looked up by the image's family, whatever database names them. */
  'debian-12-with-apk': {
    layers: [
      {
        files: {
          'etc/debian_version': '12.4\n',
          'var/lib/dpkg/status': dpkgStatus([{ name: 'openssl', version: '3.0.11-1~deb12u2' }]),
        },
      },
      { files: { 'lib/apk/db/installed': apkInstalled(installed) } },
    ],
  },
  'alpine-3.18-with-dpkg': {
    layers: [
      { files: { ...release('3.18.4'), 'lib/apk/db/installed': apkInstalled(installed) } },
      {
        files: {
          'var/lib/dpkg/status': dpkgStatus([
            { name: 'bash', version: '5.2.15-2' },
            { name: 'tar', version: '1.34' },
            { name: 'openssl', version: '3.0.11-1~deb12u2' },
          ]),
        },
      },
    ],
  },
}
