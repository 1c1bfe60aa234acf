import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type LayerListing, type TarEntry, writeTar } from '../../../src/test-support/image-builder/index.ts'
import { concatBytes } from '../../../src/test-support/image-builder/tar-writer.ts'
import { dpkgStatus, packageJson } from '../../../src/test-support/package-databases.ts'
import { scaled } from '../../../src/test-support/scale.ts'

/** What a hostile image wants a terminal to do: colours, a cleared screen, a new title, the 8-bit forms, a turned line. */
export const ESCAPES = '\u001b[31m\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egnp'

/** Debian 12 with one package that the test's vulnerability data knows: every image stands on it. */
export const base: LayerListing = {
  files: {
    'etc/debian_version': '12.4\n',
    'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
    'var/lib/dpkg/status': dpkgStatus([{ name: 'openssl', version: '3.0.9-1' }]),
  },
}

/** A layer with one vulnerable npm package. */
export const app: LayerListing = npmLayer('lodash', '4.17.15')

export function npmLayer(name: string, version: string): LayerListing {
  return { files: { 'app/node_modules/x/package.json': packageJson(name, version) } }
}

/** Bytes as a layer's blob, whatever they are. */
function raw(bytes: Uint8Array): LayerListing {
  return { tar: bytes, compression: 'none' }
}

const gzip = (entries: readonly TarEntry[]): Uint8Array => gzipSync(writeTar(entries))

/** One tar in several gzip members (RFC 1952, 2.2): large archives without large buffers. */
function members(parts: readonly Uint8Array[]): LayerListing {
  return raw(concatBytes(parts))
}

/** A tar without its two end blocks, so that another may follow. */
function open(entries: readonly TarEntry[]): Uint8Array {
  return writeTar(entries).subarray(0, -1024)
}

const MIB = 1024 * 1024

/** A gzip stream that ends in its middle, under its right digest. */
export function truncatedGzip(): LayerListing {
  const whole = gzip([{ path: 'data', content: randomBytes(64 * 1024) }])
  return raw(whole.subarray(0, whole.length - 1000))
}

/** About 300 kB that unpack to 300 MiB of zeros. */
export function gzipBomb(): LayerListing {
  const zeros = gzipSync(new Uint8Array(MIB))
  const header = writeTar([{ path: 'zeros', claimedSize: 300 * MIB }]).subarray(0, 512)
  return members([gzipSync(header), ...Array.from({ length: 300 }, () => zeros)])
}

/** Where a name that leads out of the image would lead, were it followed. */
export const escapedFile = join(tmpdir(), `portolan-escaped-${process.pid}`)

/** Names that lead out of the image: none of them may count as the database that it resembles, or reach a disk. */
export function climbingNames(): LayerListing {
  const evil = packageJson('lodash', '1.0.0')
  const status = dpkgStatus([{ name: 'openssl', version: '1.0.0-1' }])
  const entries: TarEntry[] = [
    { path: '../../../../var/lib/dpkg/status', content: status },
    { path: '../'.repeat(40) + escapedFile.slice(1), content: 'escaped' },
    { path: '../escaped', content: 'escaped' },
    { path: 'link', type: 'symlink', target: '../../../../etc' },
    { path: 'link/passwd', content: 'escaped' },
    { path: 'hard', type: 'hardlink', target: '/etc/passwd' },
    { path: 'etc/null', type: 'character-device' },
    { path: '../../package.json.bak', content: evil },
  ]
  return { entries }
}

/** An absolute name is the same file as the relative one, as Trivy has it: this database replaces the one below. */
export function absoluteNames(): LayerListing {
  const status = dpkgStatus([{ name: 'openssl', version: '3.0.10-1' }])
  return { entries: [{ path: '/var/lib/dpkg/status', content: status }] }
}

export function overlongName(): LayerListing {
  return { entries: [{ path: 'a/'.repeat(4000) + 'package.json', content: '{}' }] }
}

/** A tar whose last entry never ends. */
export function endlessEntry(): LayerListing {
  return { tar: writeTar([{ path: 'data', content: 'short', claimedSize: 8 ** 11 - 1 }]) }
}

/** Very many files, none of them alike; the last one is a package that must be found. */
export function manyEntries(): LayerListing {
  const parts = Array.from({ length: scaled(100, 1000) }, (_, part) =>
    gzipSync(
      open(
        Array.from({ length: 1000 }, (__, index) => ({
          path: `${part}/${randomBytes(12).toString('hex')}/${index}`,
        })),
      ),
      { level: 1 },
    ),
  )
  const last = gzip([{ path: 'app/node_modules/x/package.json', content: packageJson('lodash', '4.17.15') }])
  return members([...parts, last])
}

/** Package databases of all ecosystems, none of which can be read; the rest of the layer counts. */
export function corruptDatabases(): LayerListing {
  return {
    files: {
      'var/lib/dpkg/status': Uint8Array.from({ length: 4096 }, (_, index) => (index * 7 + 128) % 256),
      'lib/apk/db/installed': '\0\u0001garbage\n'.repeat(100),
      'app/node_modules/broken/package.json': '{"name": "broken", "version": ',
      'app/node_modules/x/package.json': packageJson('lodash', '4.17.15'),
    },
  }
}

/** Every name that an image may choose, with escapes in it. */
export function escapesInNames(): LayerListing {
  return {
    files: {
      'var/lib/dpkg/status': dpkgStatus([
        { name: `ev${ESCAPES}il`, version: '3.0.9-1', source: 'openssl', arch: `amd${ESCAPES}64` },
      ]),
      [`app/${ESCAPES}/node_modules/x/package.json`]: packageJson('lodash', '4.17.15', { license: ESCAPES }),
      [`app/${ESCAPES}/node_modules/y/package.json`]: `{"name": ${ESCAPES}`,
      'app/composer.lock': JSON.stringify({
        packages: [{ name: `z/${ESCAPES}`, version: `1.0.0${ESCAPES}` }],
      }),
    },
  }
}
