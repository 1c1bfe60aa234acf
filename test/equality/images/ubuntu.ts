import type { ImageListing, LayerListing } from '../../../src/test-support/image-builder/index.ts'
import { type DpkgRow, dpkgStatus } from '../../../src/test-support/package-databases.ts'

const jammy: readonly DpkgRow[] = [
  { name: 'openssl', version: '3.0.2-0ubuntu1.12' },
  { name: 'libssl3', version: '3.0.2-0ubuntu1.12', source: 'openssl' },
  { name: 'bash', version: '5.1-6ubuntu1' },
  { name: 'tar', version: '1.34+dfsg-1ubuntu0.1.22.04.2' },
  { name: 'zlib1g', version: '1:1.2.11.dfsg-2ubuntu9.2', source: 'zlib' },
  { name: 'dash', version: '0.5.11+git20210903+really0.5.11-2ubuntu1' },
]
const bionic: readonly DpkgRow[] = [
  { name: 'openssl', version: '1.1.1-1ubuntu2.1~18.04.23' },
  { name: 'libsystemd0', version: '237-3ubuntu10.57', source: 'systemd' },
]

function release(number: string, debian: string, codename: string): LayerListing['files'] {
  return {
    'etc/lsb-release': `DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=${number}\nDISTRIB_CODENAME=${codename}\n`,
    'etc/debian_version': `${debian}/sid\n`,
    'etc/os-release': `ID=ubuntu\nVERSION_ID="${number}"\nID_LIKE=debian\n`,
  }
}

function pro(status: string): string {
  return JSON.stringify({
    services: [
      { name: 'esm-apps', status: 'enabled' },
      { name: 'esm-infra', status },
    ],
  })
}

export const ubuntuImages: Readonly<Record<string, ImageListing>> = {
  'ubuntu-22.04': {
    layers: [
      { files: { ...release('22.04', 'bookworm', 'jammy'), 'var/lib/dpkg/status': dpkgStatus(jammy) } },
    ],
  },
  'ubuntu-18.04': {
    layers: [
      {
        files: {
          ...release('18.04', 'buster', 'bionic'),
          'var/lib/dpkg/status': dpkgStatus(bionic),
          'var/lib/ubuntu-advantage/status.json': pro('disabled'),
        },
      },
    ],
  },
  /** Ubuntu Pro attached in a later layer, and still so when a further one says otherwise. */
  'ubuntu-18.04-pro': {
    layers: [
      { files: { ...release('18.04', 'buster', 'bionic'), 'var/lib/dpkg/status': dpkgStatus(bionic) } },
      { files: { 'var/lib/ubuntu-advantage/status.json': pro('enabled') } },
      { files: { 'var/lib/ubuntu-advantage/status.json': pro('disabled') } },
    ],
  },
  /** Ubuntu's first statement stays: a dist-upgrade in a later layer does not change the release. */
  'ubuntu-18.04-to-22.04': {
    layers: [
      { files: { ...release('18.04', 'buster', 'bionic'), 'var/lib/dpkg/status': dpkgStatus(bionic) } },
      { files: { ...release('22.04', 'bookworm', 'jammy'), 'var/lib/dpkg/status': dpkgStatus(jammy) } },
    ],
  },
}
