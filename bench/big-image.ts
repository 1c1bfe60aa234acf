import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

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

function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} failed`)
}

/** The mirror that this machine's apt uses. */
function debianMirror(): string {
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function startRegistry(work: string): Promise<{ process: ChildProcess; port: number }> {
  const port = await freePort()
  const config = join(work, 'registry.yml')
  writeFileSync(
    config,
    `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${join(work, 'registry')}}}\nhttp: {addr: 127.0.0.1:${port}}\n`,
  )
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' })
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const up = await fetch(`http://127.0.0.1:${port}/v2/`).then(
      (response) => response.ok,
      () => false,
    )
    if (up) return { process: child, port }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('docker-registry did not start')
}

export async function bigImage(work: string): Promise<BigImage> {
  const layout = makeLayout(work)
  const { process: registry, port } = await startRegistry(work)
  run('skopeo', [
    'copy',
    '--quiet',
    '--dest-tls-verify=false',
    `oci:${layout}:bench`,
    `docker://127.0.0.1:${port}/bench/debian:big`,
  ])
  const sizes = layerPaths.map((_, index) => statSync(join(work, `layer-${index}.tar.gz`)).size)
  return {
    reference: `127.0.0.1:${port}/bench/debian:big`,
    repositoryUrl: `http://127.0.0.1:${port}/v2/bench/debian`,
    tag: 'big',
    layers: sizes.length,
    compressed: sizes.reduce((sum, size) => sum + size, 0),
    [Symbol.asyncDispose]: async () => {
      registry.kill()
      await once(registry, 'exit')
    },
  }
}
