import { gunzipSync } from 'node:zlib'
import {
  type BuiltImage,
  buildImage,
  buildLayer,
  digestOf,
  type LayerListing,
} from '../../../src/test-support/image-builder/index.ts'
import { faults, pushBuilt, type RegistryServer } from '../../../src/test-support/registry-server/index.ts'
import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'
import * as layers from './layers.ts'

type Fault = RegistryServer['faults'][number]
type Aim = Parameters<typeof faults.flip>[0]

/** An image that must fail alone. */
export interface BadImage {
  /** Its repository; the tag is `1`. */
  readonly repository: string
  readonly image: BuiltImage
  /** What the registry does wrong when it is asked for it. */
  readonly faults?: readonly Fault[]
  /** Code of the error that it ends with. */
  readonly code: string
  /** What the message must name. */
  readonly says: RegExp
}

/** An image that is odd, and is read all the same. */
export interface OddImage {
  readonly repository: string
  readonly image: BuiltImage
  /** `vulnerability package@version` of each finding. */
  readonly findings: readonly string[]
  /** What the notes must say; none unless stated. */
  readonly notes?: readonly RegExp[]
}

const { base, app } = layers
const OPENSSL = 'CVE-2024-1 openssl@3.0.9-1'
const LODASH = 'CVE-2021-23337 lodash@4.17.15'

export const rows: DatabaseRows = {
  advisories: [
    { bucket: 'debian 12', package: 'openssl', id: 'CVE-2024-1', fixedVersion: '3.0.11-1' },
    {
      bucket: 'npm::GitHub',
      package: 'lodash',
      id: 'CVE-2021-23337',
      vulnerableVersions: ['<4.17.21'],
      patchedVersions: ['4.17.21'],
    },
  ],
  details: [
    { id: 'CVE-2024-1', title: 'Bad thing', severity: 'HIGH' },
    { id: 'CVE-2021-23337', title: 'Injection', severity: 'MEDIUM' },
  ],
}

/** Stands beside the bad ones, on the base of all. */
export const neighbour: OddImage = {
  repository: 'good/neighbour',
  image: buildImage({ layers: [base, layers.npmLayer('lodash', '4.17.16')] }),
  findings: ['CVE-2021-23337 lodash@4.17.16', OPENSSL],
}

/** Shares its layers with the bad ones: what these leave behind must not show in it. */
export const good: OddImage = {
  repository: 'good/shop',
  image: buildImage({ layers: [base, app] }),
  findings: [LODASH, OPENSSL],
}

const diffIds = (ids: readonly string[]): { rootfs: object } => ({
  rootfs: { type: 'layers', diff_ids: ids },
})
const over = (layer: LayerListing): BuiltImage => buildImage({ layers: [base, layer] })

/** The good image under a manifest of its own, and what its registry does to one answer. */
function damaged(
  repository: string,
  fault: (aim: (target: 'manifest' | 'config' | 'layer') => Aim) => Fault,
  code: string,
  says: RegExp,
): BadImage {
  const image = buildImage({ layers: [base, app], config: { config: { Labels: { repository } } } })
  const aim = (target: 'manifest' | 'config' | 'layer'): Aim => {
    if (target === 'manifest') return { repository, target }
    const reference = target === 'config' ? image.config.digest : appDigest
    return { repository, target: 'blob', reference }
  }
  return { repository, image, faults: [fault(aim)], code, says }
}

const appDigest = buildLayer(app).digest

/** Claims that another layer is the good image's: were it believed, the good image would be another. */
function liar(): BuiltImage {
  const other = layers.npmLayer('left-pad', '1.0.0')
  const claimed = good.image.layers.map(({ diffId }) => diffId)
  return buildImage({ layers: [base, other], config: diffIds(claimed) })
}

export function badImages(): BadImage[] {
  const large = new Uint8Array(9 << 20).fill(0x20)
  const other = buildLayer(layers.npmLayer('left-pad', '1.0.0')).bytes
  const blob = new RegExp(appDigest)
  return [
    damaged('bad/large-manifest', (at) => faults.body(large, at('manifest')), 'manifest-too-large', /8 MB/),
    damaged('bad/endless-manifest', (at) => faults.endless(at('manifest')), 'manifest-too-large', /8 MB/),
    damaged(
      'bad/manifest',
      (at) => faults.flip(at('manifest')),
      'manifest-digest-mismatch',
      /another digest/,
    ),
    damaged('bad/config', (at) => faults.flip(at('config')), 'blob-digest-mismatch', /sha256:/),
    damaged('bad/blob', (at) => faults.flip(at('layer')), 'layer-digest-mismatch', blob),
    damaged('bad/swapped', (at) => faults.body(other, at('layer')), 'layer-digest-mismatch', blob),
    damaged('bad/cut', (at) => faults.shorten(20, at('layer')), 'blob-truncated', blob),
    damaged('bad/endless', (at) => faults.endless(at('layer')), 'blob-too-large', blob),
    damaged('bad/html-blob', (at) => faults.html(at('layer')), 'blob-truncated', blob),
    { repository: 'bad/diff-ids', image: liar(), code: 'config-diff-id-mismatch', says: /unpacks to/ },
    {
      repository: 'bad/fewer-diff-ids',
      image: buildImage({ layers: [base, app], config: diffIds([digestOf(new Uint8Array())]) }),
      code: 'config-layers-mismatch',
      says: /2 layers; its config names 1/,
    },
    {
      repository: 'bad/gzip',
      image: over(layers.truncatedGzip()),
      code: 'layer-compression-invalid',
      says: /gzip/,
    },
    { repository: 'bad/bomb', image: over(layers.gzipBomb()), code: 'layer-bomb', says: /200 times/ },
    {
      repository: 'bad/long-name',
      image: over(layers.overlongName()),
      code: 'layer-tar-invalid',
      says: /4096/,
    },
    {
      repository: 'bad/endless-entry',
      image: over(layers.endlessEntry()),
      code: 'layer-tar-invalid',
      says: /middle/,
    },
  ]
}

/** An image on the base whose config says what its gzip layer truly unpacks to. */
function honest(repository: string, layer: LayerListing, more: Partial<OddImage> = {}): OddImage {
  const { bytes } = buildLayer(layer)
  const ids = [buildLayer(base).diffId, digestOf(gunzipSync(bytes))]
  const image = buildImage({ layers: [base, layer], config: diffIds(ids) })
  return { repository, image, findings: [OPENSSL], ...more }
}

export function oddImages(): OddImage[] {
  return [
    honest('odd/climbing', layers.climbingNames()),
    honest('odd/absolute', layers.absoluteNames(), { findings: ['CVE-2024-1 openssl@3.0.10-1'] }),
    honest('odd/many', layers.manyEntries(), { findings: [LODASH, OPENSSL] }),
    honest('odd/databases', layers.corruptDatabases(), {
      findings: [LODASH],
      notes: [/var\/lib\/dpkg\/status/, /lib\/apk\/db\/installed/, /broken\/package\.json/],
    }),
    honest('odd/escapes', layers.escapesInNames(), {
      findings: [LODASH, `CVE-2024-1 ev${layers.ESCAPES}il@3.0.9-1`],
      notes: [/y\/package\.json/],
    }),
  ]
}

export function push(
  registry: RegistryServer,
  { repository, image }: Pick<BadImage, 'repository' | 'image'>,
): void {
  pushBuilt(registry, repository, ['1'], image)
}
