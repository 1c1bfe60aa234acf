import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Layout } from './layout.ts'
import { baseTree, choose, KINDS, type Unit, unitsOf } from './trees.ts'

/** `repository:tag` of each image in the layout, which is made once and kept. */
export interface Fleet {
  readonly layout: string
  readonly names: readonly string[]
  /** Digests of the different layers in all of them. */
  readonly layers: readonly string[]
  /** Bytes of these layers, compressed. */
  readonly compressed: number
}

const tagsOfRepository = 10
const MIB = 2 ** 20

/**
 * Applications on five bases. Each image: its base; a layer of 15 to 80 MiB of real Go, npm, Python, Java or Ruby packages, chosen
 * anew for each image; a small layer of its own.
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
  const kinds = KINDS.map((kind) => ({
    base: layout.layer(baseTar(baseTree(work, kind))),
    units: unitsOf(work, root, kind),
  }))
  const names = Array.from({ length: count }, (_, index) => {
    const repository = Math.floor(index / tagsOfRepository)
    const name = `fleet/app-${repository}:v${index % tagsOfRepository}`
    const { base, units } = kinds[repository % kinds.length] ?? missing()
    const bytes = (15 + ((index * 37) % 66)) * MIB
    const application = layout.layer(applicationTar(choose(units, bytes, name)))
    layout.image(name, [base, application, layout.layer(ownTar(work, index))])
    return name
  })
  layout.finish()
  const layers = layout.layers
  return {
    layout: layout.folder,
    names,
    layers: layers.map(({ digest }) => digest),
    compressed: layers.reduce((sum, { size }) => sum + size, 0),
  }
}

function missing(): never {
  throw new Error('no base')
}

function tarOf(args: readonly string[]): Buffer {
  const fixed = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '-cf', '-']
  const done = spawnSync('tar', [...fixed, ...args], { maxBuffer: 2 ** 31 })
  if (done.status !== 0) throw new Error(`tar ${args.join(' ')} failed: ${done.stderr.toString()}`)
  return done.stdout
}

function baseTar(rootfs: string): Buffer {
  return tarOf(['-C', rootfs, '--exclude=./dev', '--exclude=./var/cache/apt', '.'])
}

function applicationTar(units: readonly Unit[]): Buffer {
  const folder = units[0]?.folder ?? missing()
  const inside = folder.endsWith('node_modules') ? 'app/node_modules/' : 'app/'
  return tarOf(['-C', folder, '--transform', `flags=r;s#^#${inside}#`, ...units.map(({ path }) => path)])
}

function ownTar(work: string, index: number): Buffer {
  const folder = join(work, 'own')
  mkdirSync(join(folder, 'app'), { recursive: true })
  writeFileSync(join(folder, 'app/package.json'), JSON.stringify({ name: `app-${index}`, version: '1.0.0' }))
  return tarOf(['-C', folder, 'app'])
}
