import {
  type BuiltImage,
  type BuiltIndex,
  buildArtifact,
  buildImage,
  buildIndex,
  type ImageListing,
  type LayerListing,
} from '../test-support/image-builder/index.ts'
import { apkInstalled, dpkgStatus } from '../test-support/package-databases.ts'
import {
  alpine318,
  alpine319,
  apkRows,
  debian11,
  debian12,
  dpkgRows,
  npmPackage,
  ubuntu2204,
} from './package-databases.ts'

/** Puts the sample images into a registry. */
export type Put = (repository: string, tags: readonly string[], built: BuiltImage | BuiltIndex) => void

const osRelease = (id: string, version: string, name: string): string =>
  `PRETTY_NAME="${name}"\nNAME="${name}"\nVERSION_ID="${version}"\nID=${id}\n`

const debian12Base: LayerListing = {
  files: {
    'etc/debian_version': '12.5\n',
    'etc/os-release': osRelease('debian', '12', 'Debian GNU/Linux 12 (bookworm)'),
    'var/lib/dpkg/status': dpkgStatus(dpkgRows(debian12)),
    'usr/share/doc/base-files/README': 'A file that no analyzer wants.\n'.repeat(2000),
  },
}

const debian11Base: LayerListing = {
  files: {
    'etc/debian_version': '11.8\n',
    'etc/os-release': osRelease('debian', '11', 'Debian GNU/Linux 11 (bullseye)'),
    'var/lib/dpkg/status': dpkgStatus(dpkgRows(debian11)),
  },
}

const ubuntuBase: LayerListing = {
  files: {
    'etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\nDISTRIB_CODENAME=jammy\n',
    'etc/debian_version': 'bookworm/sid\n',
    'etc/os-release': osRelease('ubuntu', '22.04', 'Ubuntu 22.04.3 LTS'),
    'var/lib/dpkg/status': dpkgStatus(dpkgRows(ubuntu2204)),
  },
}

const alpineBase = (release: string, packages: string, architecture = 'x86_64'): LayerListing => ({
  files: {
    'etc/alpine-release': `${release}\n`,
    'etc/os-release': osRelease('alpine', release, `Alpine Linux v${release}`),
    'etc/apk/repositories': `https://mirror.example.org/alpine/v${release.split('.').slice(0, 2).join('.')}/main\n`,
    'lib/apk/db/installed': apkInstalled(apkRows(packages, architecture)),
  },
})

const nodeApp: LayerListing = {
  files: {
    'app/package.json': JSON.stringify({ name: 'storefront', version: '2.3.0', private: true }),
    ...npmPackage('express', '4.18.2'),
    ...npmPackage('lodash', '4.17.20'),
    ...npmPackage('minimist', '1.2.5'),
    ...npmPackage('qs', '6.7.0'),
  },
}

const nodeAppNewer: LayerListing = {
  files: {
    'app/package.json': JSON.stringify({ name: 'storefront', version: '2.4.0', private: true }),
    ...npmPackage('express', '4.19.2'),
    ...npmPackage('lodash', '4.17.21'),
    ...npmPackage('minimist', '1.2.8'),
    ...npmPackage('qs', '6.11.0'),
    ...npmPackage('jsonwebtoken', '8.5.1'),
  },
}

const upgradedLayer: LayerListing = {
  files: {
    'var/lib/dpkg/status': dpkgStatus(
      dpkgRows(
        debian12
          .replaceAll('3.0.11-1~deb12u2', '3.0.13-1~deb12u1')
          .replaceAll('7.88.1-10+deb12u4', '7.88.1-10+deb12u5')
          .replaceAll('2.36-9+deb12u3', '2.36-9+deb12u4'),
      ),
    ),
  },
}

const distrolessLayer: LayerListing = {
  files: {
    'etc/debian_version': '12.5\n',
    'etc/os-release': osRelease('debian', '12', 'Distroless'),
    'var/lib/dpkg/status.d/libc6': dpkgStatus(dpkgRows('libc6 2.36-9+deb12u3 glibc')),
    'var/lib/dpkg/status.d/libssl3': dpkgStatus(dpkgRows('libssl3 3.0.11-1~deb12u2 openssl')),
    'var/lib/dpkg/status.d/tzdata': dpkgStatus(dpkgRows('tzdata 2024a-0+deb12u1')),
  },
}

function multiPlatform(): BuiltIndex {
  const platforms = [
    ['amd64', 'x86_64'],
    ['arm64', 'aarch64'],
  ] as const
  const images = platforms.map(([architecture, apk]) =>
    buildImage({ layers: [alpineBase('3.18.3', alpine318, apk)], platform: { os: 'linux', architecture } }),
  )
  return buildIndex(images)
}

/** A Helm chart: listed beside the images, never scanned. */
export function helmChart(): ReturnType<typeof buildArtifact> {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
  const config = {
    mediaType: 'application/vnd.cncf.helm.config.v1+json',
    bytes: bytes('{"name":"harbour","version":"1.0.0"}'),
  }
  const content = {
    mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    bytes: bytes('sample chart'),
  }
  return buildArtifact({ config, layers: [content] })
}

/** An image whose layer was damaged after it was pushed: it must fail alone, with the reason. */
function broken(): BuiltImage {
  const built = buildImage({ layers: [{ files: { ...debian11Base.files, 'etc/motd': 'damaged\n' } }] })
  const blobs = new Map(built.blobs)
  for (const layer of built.layers) blobs.set(layer.digest, damaged(layer.bytes))
  return { ...built, blobs }
}

function damaged(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => (index > bytes.length / 2 ? byte ^ 0xff : byte))
}

/** Every image of the sample registry, oldest first: shared bases, several tags, an index, one that is damaged. */
export function putSampleImages(put: Put): void {
  const image = (
    repository: string,
    tags: readonly string[],
    layers: readonly LayerListing[],
    more: Partial<ImageListing> = {},
  ): void => put(repository, tags, buildImage({ layers, ...more }))
  const alpine = alpineBase('3.18.3', alpine318)
  image('base/debian', ['12', '12.5'], [debian12Base])
  image('base/alpine', ['3.18'], [alpine])
  image('base/alpine', ['3.19', 'latest'], [alpineBase('3.19.1', alpine319)])
  image('harbour/storefront', ['2.3.0'], [debian12Base, nodeApp])
  image(
    'harbour/storefront',
    ['2.4.0', 'latest', 'stable', 'production'],
    [debian12Base, upgradedLayer, nodeAppNewer],
    { mediaTypes: 'docker' },
  )
  image('harbour/api', ['1.9'], [alpine, nodeApp], { compression: 'zstd' })
  image('harbour/worker', ['5.0'], [ubuntuBase])
  image('harbour/archive', ['1.0'], [debian11Base])
  image('harbour/pilot', ['0.7'], [distrolessLayer])
  put('harbour/lighthouse', ['3.1', 'latest'], multiPlatform())
  put('harbour/wreck', ['0.1'], broken())
}
