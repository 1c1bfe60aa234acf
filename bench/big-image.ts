import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startRegistry } from './registry.ts'

/** A large image in a real registry on loopback; disposing stops the registry. */
export interface BigImage extends AsyncDisposable {
  readonly reference: string
  /** `http://127.0.0.1:PORT/v2/NAME` */
  readonly repositoryUrl: string
  readonly tag: string
  readonly layers: number
  /** Bytes. */
  readonly compressed: number
}

const packages = 'build-essential,python3,perl,git,curl,clang,nodejs,vim'
/** One layer each, as an image has that was built in steps. */
const layerPaths = [
  ['etc', 'var', 'root', 'home', 'opt', 'srv', 'tmp', 'run', 'bin', 'sbin', 'lib', 'lib64'],
  ['usr/bin', 'usr/sbin', 'usr/include', 'usr/libexec', 'usr/local'],
  ['usr/share'],
  ['usr/lib'],
]

export function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} failed`)
}

/** The mirror that this machine's apt uses. */
export function debianMirror(): string {
  const list = 'cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2>/dev/null'
  const sources = spawnSync('sh', ['-c', list], { encoding: 'utf8' }).stdout
  const mirror = /(?:URIs:|^deb)\s+(\S*\/debian)\/?(?:\s|$)/m.exec(sources)?.[1]
  if (mirror === undefined)
    throw new Error('apt names no Debian mirror, and the image is made by debootstrap')
  return mirror
}

interface LayerFile {
  readonly diffId: string
  readonly path: string
}

/** debootstrap's tree as one gzip-compressed tar for each group of paths. */
function makeLayers(work: string): LayerFile[] {
  const rootfs = join(work, 'rootfs')
  if (!existsSync(join(rootfs, 'var/lib/dpkg/status'))) {
    run('debootstrap', ['--variant=minbase', `--include=${packages}`, 'bookworm', rootfs, debianMirror()])
  }
  return layerPaths.map((paths, index) => {
    const tar = join(work, `layer-${index}.tar`)
    const there = paths.filter((path) => existsSync(join(rootfs, path)))
    run('tar', ['-C', rootfs, '--sort=name', '-cf', tar, ...there])
    const diffId = `sha256:${createHash('sha256').update(readFileSync(tar)).digest('hex')}`
    run('gzip', ['-6', '-n', '-f', tar])
    return { diffId, path: `${tar}.gz` }
  })
}

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
}

/** The layers as an OCI layout, made once and kept. */
function makeLayout(work: string): string {
  const layout = join(work, 'layout')
  if (existsSync(layout)) return layout
  const temporary = `${layout}.new`
  rmSync(temporary, { recursive: true, force: true })
  mkdirSync(join(temporary, 'blobs/sha256'), { recursive: true })
  const add = (mediaType: string, bytes: Uint8Array): { mediaType: string; digest: string; size: number } => {
    const hex = createHash('sha256').update(bytes).digest('hex')
    writeFileSync(join(temporary, 'blobs/sha256', hex), bytes)
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length }
  }
  const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
  const files = makeLayers(work)
  const rootfs = { type: 'layers', diff_ids: files.map((file) => file.diffId) }
  const layers = files.map((file) => add(types.layer, readFileSync(file.path)))
  const config = add(types.config, json({ architecture: 'amd64', os: 'linux', config: {}, rootfs }))
  const manifest = add(types.manifest, json({ schemaVersion: 2, mediaType: types.manifest, config, layers }))
  const named = { ...manifest, annotations: { 'org.opencontainers.image.ref.name': 'bench' } }
  writeFileSync(join(temporary, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }))
  writeFileSync(join(temporary, 'index.json'), json({ schemaVersion: 2, manifests: [named] }))
  renameSync(temporary, layout)
  return layout
}

export async function bigImage(work: string): Promise<BigImage> {
  const layout = makeLayout(work)
  const registry = await startRegistry(work)
  run('skopeo', [
    'copy',
    '--quiet',
    '--dest-tls-verify=false',
    `oci:${layout}:bench`,
    `docker://${registry.host}/bench/debian:big`,
  ])
  const sizes = layerPaths.map((_, index) => statSync(join(work, `layer-${index}.tar.gz`)).size)
  return {
    reference: `${registry.host}/bench/debian:big`,
    repositoryUrl: `http://${registry.host}/v2/bench/debian`,
    tag: 'big',
    layers: sizes.length,
    compressed: sizes.reduce((sum, size) => sum + size, 0),
    [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose](),
  }
}
