import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debianMirror, run } from '../big-image.ts'

/** `repository:tag` of each image in the layout, which is made once and kept. */
export interface Fleet {
  readonly layout: string
  readonly names: readonly string[]
  /** Digests of the different layers in all of them. */
  readonly layers: readonly string[]
}

const bases = 5
const tagsOfRepository = 10

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
}

interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

interface Layer extends Descriptor {
  readonly diffId: string
}

/**
 * Applications on five bases: each base one debootstrap (minbase) and a file of its own, each application a layer of some thirty npm
 * packages that are here and a small one of its own.
 */
export function makeFleet(work: string, root: string, count: number): Fleet {
  const folder = join(work, `fleet-${count}`)
  const done = join(folder, 'fleet.json')
  if (!existsSync(done)) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(join(folder, 'layout/blobs/sha256'), { recursive: true })
    const fleet = build(new Layout(join(folder, 'layout')), work, root, count)
    writeFileSync(`${done}.new`, JSON.stringify(fleet))
    renameSync(`${done}.new`, done)
  }
  return JSON.parse(readFileSync(done, 'utf8')) as Fleet
}

function build(layout: Layout, work: string, root: string, count: number): Fleet {
  const baseLayers = Array.from({ length: bases }, (_, index) => layout.layer(baseTar(work, index)))
  const packages = readdirSync(join(root, 'node_modules')).filter((name) => !/^[.@]|^node-linux/.test(name))
  const names: string[] = []
  for (let index = 0; index < count; index += 1) {
    const repository = Math.floor(index / tagsOfRepository)
    const base = baseLayers[repository % bases]
    if (base === undefined) throw new Error('no base')
    const chosen = Array.from(
      { length: 30 },
      (_, at) => packages[(index * 7 + at * 13) % packages.length] ?? '',
    )
    const application = layout.layer(applicationTar(root, [...new Set(chosen)]))
    const name = `fleet/app-${repository}:v${index % tagsOfRepository}`
    layout.image(name, [base, application, layout.layer(ownTar(work, index))])
    names.push(name)
  }
  layout.finish()
  return { layout: layout.folder, names, layers: layout.layers }
}

function tarOf(args: readonly string[]): Buffer {
  const done = spawnSync(
    'tar',
    ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '-cf', '-', ...args],
    {
      maxBuffer: 2 ** 31,
    },
  )
  if (done.status !== 0) throw new Error(`tar ${args.join(' ')} failed: ${done.stderr.toString()}`)
  return done.stdout
}

function baseTar(work: string, index: number): Buffer {
  const rootfs = join(work, 'minbase')
  if (!existsSync(join(rootfs, 'var/lib/dpkg/status'))) {
    run('debootstrap', ['--variant=minbase', 'bookworm', rootfs, debianMirror()])
  }
  writeFileSync(join(rootfs, 'etc/base-name'), `base ${index}\n`)
  return tarOf(['-C', rootfs, '--exclude=./dev', '--exclude=./var/cache/apt', '.'])
}

function applicationTar(root: string, packages: readonly string[]): Buffer {
  return tarOf(['-C', join(root, 'node_modules'), '--transform', 's#^#app/node_modules/#', ...packages])
}

function ownTar(work: string, index: number): Buffer {
  const folder = join(work, 'own')
  mkdirSync(join(folder, 'app'), { recursive: true })
  writeFileSync(join(folder, 'app/package.json'), JSON.stringify({ name: `app-${index}`, version: '1.0.0' }))
  return tarOf(['-C', folder, 'app'])
}

class Layout {
  readonly folder: string
  readonly #manifests: (Descriptor & { readonly annotations: object })[] = []
  readonly #digests = new Set<string>()

  constructor(folder: string) {
    this.folder = folder
  }

  get layers(): readonly string[] {
    return [...this.#digests]
  }

  layer(tar: Buffer): Layer {
    const gzip = spawnSync('gzip', ['-6', '-n'], { input: tar, maxBuffer: 2 ** 31 })
    const found = this.#add(types.layer, gzip.stdout)
    return { ...found, diffId: digestOf(tar) }
  }

  image(name: string, layers: readonly Layer[]): void {
    for (const { digest } of layers) this.#digests.add(digest)
    const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) }
    const config = this.#add(types.config, json({ architecture: 'amd64', os: 'linux', config: {}, rootfs }))
    const named = layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }))
    const manifest = { schemaVersion: 2, mediaType: types.manifest, config, layers: named }
    const annotations = { 'org.opencontainers.image.ref.name': name }
    this.#manifests.push({ ...this.#add(types.manifest, json(manifest)), annotations })
  }

  finish(): void {
    writeFileSync(join(this.folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }))
    writeFileSync(join(this.folder, 'index.json'), json({ schemaVersion: 2, manifests: this.#manifests }))
  }

  #add(mediaType: string, bytes: Uint8Array): Descriptor {
    const digest = digestOf(bytes)
    writeFileSync(join(this.folder, 'blobs/sha256', digest.slice(7)), bytes)
    return { mediaType, digest, size: bytes.length }
  }
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}
