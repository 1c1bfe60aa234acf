import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { LayerListing } from '../../src/test-support/image-builder/index.ts'

const fixtures = join(import.meta.dirname, '../fixtures')

/** The package database and release files of a system that debootstrap made (`--variant=minbase`), as they are. */
export function debootstrapLayer(release: 11 | 12, files: LayerListing['files'] = {}): LayerListing {
  return {
    files: {
      'etc/debian_version': fixture(`debian-${release}-debootstrap/debian_version`),
      'usr/lib/os-release': fixture(`debian-${release}-debootstrap/os-release`),
      'etc/os-release': { type: 'symlink', target: '../usr/lib/os-release' },
      'var/lib/dpkg/status': gunzipSync(fixture(`debian-${release}-debootstrap/status.gz`)),
      ...files,
    },
  }
}

export function fixture(path: string): Buffer {
  return readFileSync(join(fixtures, path))
}
