import type { ImageListing } from '../../../src/test-support/image-builder/index.ts'
import { apkInstalled, dpkgStatus, packageJson } from '../../../src/test-support/package-databases.ts'
import { rpmSqlite } from '../../../src/test-support/rpm-databases/index.ts'

const jammy = { 'etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\n' }
const ubi9 = { 'etc/redhat-release': 'Red Hat Enterprise Linux release 9.2 (Plow)\n' }
const curated = { 'usr/share/rapidfort/curated.json': '{}\n' }

/** Images with packages that a supplier rebuilt: Trivy reads their statements since 0.63 (Root.io) to 0.74 (RapidFort). */
export const supplierImages: Readonly<Record<string, ImageListing>> = {
  'debian-12-root-io': {
    layers: [
      {
        files: {
          'etc/debian_version': '12.4\n',
          'var/lib/dpkg/status': dpkgStatus([
            { name: 'openssl-supplied', version: '3.0.15-1~deb12u1.root.io.1' },
            { name: 'zlib-supplied', version: '1:1.2.13.dfsg-1' },
            { name: 'bash-supplied', version: '5.2.15-2' },
          ]),
        },
      },
    ],
  },
  'alpine-3.18-root-io': {
    layers: [
      {
        files: {
          'etc/alpine-release': '3.18.4\n',
          // Not read for a supplier.
          'etc/apk/repositories': 'https://dl-cdn.alpinelinux.org/alpine/v3.17/main\n',
          'lib/apk/db/installed': apkInstalled([
            { name: 'less-supplied', version: '643-r10071' },
            { name: 'zlib-supplied', version: '1.2.13-r1' },
          ]),
        },
      },
    ],
  },
  'debian-12-seal': {
    layers: [
      {
        files: {
          'etc/debian_version': '12.4\n',
          'var/lib/dpkg/status': dpkgStatus([
            { name: 'seal-wget', version: '1.21-1+deb11u1+sp1' },
            { name: 'bash-supplied', version: '5.2.15-2' },
          ]),
        },
      },
    ],
  },
  'redhat-9-seal': {
    layers: [
      {
        files: {
          ...ubi9,
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite([
            { name: 'seal-wget', version: '1.12', release: '10.el6+sp1', vendor: 'Seal Security' },
            { name: 'bash', version: '5.1.8', release: '6.el9', vendor: 'Red Hat, Inc.' },
          ]),
        },
      },
    ],
  },
  'ubuntu-22.04-rapidfort': {
    layers: [
      {
        files: {
          ...jammy,
          'var/lib/dpkg/status': dpkgStatus([
            { name: 'curl', version: '7.81.0-1ubuntu1.10' },
            { name: 'rf-binutils', version: '2.42-4ubuntu2.10+rf.1' },
            { name: 'libcurl4', version: '7.81.0-1ubuntu1.10', source: 'curl' },
            { name: 'docker-ce', version: '24.0.0-1', maintainer: 'Docker <support@docker.com>' },
          ]),
        },
      },
      { files: curated },
    ],
  },
  'redhat-9-rapidfort': {
    layers: [
      {
        files: {
          ...ubi9,
          ...curated,
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite([
            { name: 'curl', version: '7.76.1', release: '20.el9', vendor: 'Red Hat, Inc.' },
            { name: 'wget', version: '1.19.5', release: '10.el8', vendor: 'RapidFort' },
            { name: 'tool', version: '1.0', release: '1.fc39', vendor: 'RapidFort' },
          ]),
        },
      },
    ],
  },
  /** Packages that others built for Debian: Trivy passes them over since 0.74. */
  'debian-12-third-party': {
    layers: [
      {
        files: {
          'etc/debian_version': '12.4\n',
          'var/lib/dpkg/status': dpkgStatus([
            { name: 'bash-supplied', version: '5.2.15-2', maintainer: 'Docker <support@docker.com>' },
            { name: 'zlib-supplied', version: '1:1.2.13.dfsg-1' },
          ]),
        },
      },
    ],
  },
  /** Files of such a package are looked at for themselves; those of Debian's own are not. */
  'debian-12-third-party-files': {
    layers: [
      {
        files: {
          'etc/debian_version': '12.4\n',
          'var/lib/dpkg/status': dpkgStatus([
            { name: 'nodejs', version: '20.1.0-1', maintainer: 'Ivan <ivan@nodesource.com>' },
            { name: 'npm', version: '9.2.0-1' },
          ]),
          'var/lib/dpkg/info/nodejs.list': '/.\n/usr\n/usr/lib/node_modules/minimist/package.json\n',
          'var/lib/dpkg/info/npm.list': '/.\n/usr\n/usr/share/nodejs/lodash/package.json\n',
          'usr/lib/node_modules/minimist/package.json': packageJson('minimist', '1.2.5'),
          'usr/share/nodejs/lodash/package.json': packageJson('lodash', '4.17.20'),
        },
      },
    ],
  },
  /** Libraries that Seal patched: by a name, and by a version that may be anybody's. */
  'npm-seal': {
    layers: [
      {
        files: {
          'app/node_modules/@seal-security/ejs/package.json': packageJson('@seal-security/ejs', '2.7.4-sp1'),
          'app/node_modules/sealed/package.json': packageJson('sealed', '3.1.8-sp1'),
          'app/node_modules/pre-release/package.json': packageJson('pre-release', '3.1.8-sp1'),
        },
      },
    ],
  },
  /** Debian's file, and what Echo says of itself. */
  echo: {
    layers: [
      {
        files: {
          'etc/debian_version': '13.0\n',
          'etc/os-release': 'NAME="Echo Linux"\nID=echo\nVERSION_ID=1\n',
          'var/lib/dpkg/status': dpkgStatus([
            { name: 'bash', version: '5.2.15-2', source: 'bash-supplied (5.2.15-1)' },
            { name: 'docker-ce', version: '24.0.0-1', maintainer: 'Docker <support@docker.com>' },
          ]),
        },
      },
    ],
  },
}
