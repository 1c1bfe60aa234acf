import type { ImageListing } from '../../../src/test-support/image-builder/index.ts'
import { type ApkRow, apkInstalled } from '../../../src/test-support/package-databases.ts'

const installed: readonly ApkRow[] = [
  { name: 'libcrypto3', version: '3.1.4-r1', origin: 'openssl' },
  { name: 'glibc', version: '2.38-r5' },
  { name: 'busybox', version: '1.36.1-r2' },
  { name: 'no-origin', version: '1.0-r0', origin: null },
]

function rolling(id: string, release: string): ImageListing {
  return {
    layers: [
      {
        files: {
          'etc/os-release': `ID=${id}\nNAME="${id}"\nVERSION_ID="${release}"\n`,
          'lib/apk/db/installed': apkInstalled(installed),
          // Theirs names no release that counts.
          'etc/apk/repositories': `https://packages.example.com/os\n`,
        },
      },
    ],
  }
}

/** Systems of one space for all time. */
export const apkFamilyImages: Readonly<Record<string, ImageListing>> = {
  wolfi: rolling('wolfi', '20230201'),
  chainguard: rolling('chainguard', '20230214'),
  minimos: rolling('minimos', '20241031'),
}
