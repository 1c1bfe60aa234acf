/** What the fleet's images are made of: base systems by debootstrap, and applications of real packages. Made once and kept. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { debianMirror, run } from '../big-image.ts'

/** A kind of application: what its base has, and the Debian packages whose files its layers are filled with. */
interface Kind {
  readonly name: string
  readonly base: string
  /** None: the packages in this checkout's node_modules. */
  readonly packages: readonly string[]
}

const words = (text: string): string[] => text.trim().split(/\s+/)

export const KINDS: readonly Kind[] = [
  {
    name: 'go',
    base: 'ca-certificates,tzdata',
    packages: words(
      `buildah caddy containerd docker.io docker-registry etcd-server gh hugo podman prometheus prometheus-alertmanager
      prometheus-node-exporter rclone restic runc skopeo syncthing`,
    ),
  },
  { name: 'npm', base: 'ca-certificates,nodejs', packages: [] },
  {
    name: 'python',
    base: 'ca-certificates,python3,python3-venv,libpq5',
    packages: words(
      `ansible-core python3-aiohttp python3-babel python3-botocore python3-cryptography python3-django python3-docutils
      python3-flask python3-jinja2 python3-lxml python3-matplotlib python3-numpy python3-pandas python3-pil python3-pip
      python3-pkg-resources python3-pygments python3-requests python3-scipy python3-setuptools python3-sphinx
      python3-sqlalchemy python3-sympy python3-tornado python3-twisted python3-urllib3 python3-yaml`,
    ),
  },
  {
    name: 'java',
    base: 'ca-certificates,default-jre-headless',
    packages: words(
      `ant groovy kotlin libbcprov-java libcommons-io-java libcommons-lang3-java libguava-java libhibernate3-java
      libjackson2-core-java libjackson2-databind-java libjetty9-java liblog4j2-java liblucene4.10-java libmaven3-core-java
      libnetty-java libspring-beans-java libspring-context-java libspring-core-java libspring-web-java libtomcat10-java
      libxalan2-java libxerces2-java`,
    ),
  },
  {
    name: 'ruby',
    base: 'ca-certificates,ruby,build-essential',
    packages: words(
      `gitlab-cli puma rake ruby-actioncable ruby-actionmailer ruby-actionpack ruby-actionview ruby-activejob ruby-activemodel
      ruby-activerecord ruby-activestorage ruby-activesupport ruby-addressable ruby-bootsnap ruby-devise ruby-faker ruby-faraday
      ruby-fog-aws ruby-grpc ruby-i18n ruby-json ruby-loofah ruby-mail ruby-mini-mime ruby-nokogiri ruby-rack ruby-railties
      ruby-sassc ruby-sidekiq ruby-sinatra ruby-tzinfo ruby-zip`,
    ),
  },
]

/** Folder of a base system. */
export function baseTree(work: string, { name, base }: Kind): string {
  const folder = join(work, 'bases', name)
  if (!existsSync(join(folder, 'etc/base-name'))) {
    rmSync(folder, { recursive: true, force: true })
    const archives = join(work, 'archives')
    mkdirSync(archives, { recursive: true })
    const options = ['--variant=minbase', `--cache-dir=${archives}`, `--include=${base}`]
    run('debootstrap', [...options, 'bookworm', folder, debianMirror()])
    run('sh', ['-c', 'echo "$1" > "$2/etc/base-name"', 'sh', name, folder])
  }
  return folder
}

/** Part of an application: a folder, and what of it. */
export interface Unit {
  readonly folder: string
  readonly path: string
  /** Bytes on disk. */
  readonly size: number
}

/** What applications of a kind choose from. */
export function unitsOf(work: string, root: string, { name, packages }: Kind): readonly Unit[] {
  if (packages.length === 0) return npmUnits(join(root, 'node_modules'))
  const folder = join(work, 'pool', name)
  mkdirSync(folder, { recursive: true })
  return packages
    .filter((debian) => unpacked(folder, debian))
    .map((debian) => ({ folder, path: debian, size: sizeOf(join(folder, debian)) }))
}

/** @returns false for a package that this release of Debian lacks */
function unpacked(folder: string, debian: string): boolean {
  const target = join(folder, debian)
  if (existsSync(target)) return true
  const download = join(folder, `${debian}.download`)
  rmSync(download, { recursive: true, force: true })
  mkdirSync(download)
  spawnSync('apt-get', ['download', '-qq', debian], { cwd: download, stdio: 'ignore' })
  const archive = readdirSync(download)[0]
  if (archive !== undefined) {
    run('dpkg-deb', ['-x', join(download, archive), `${target}.new`])
    renameSync(`${target}.new`, target)
  }
  rmSync(download, { recursive: true })
  return archive !== undefined
}

function npmUnits(folder: string): Unit[] {
  const names = readdirSync(folder).filter((name) => !/^\.|^node-linux/.test(name))
  const paths = names.flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(folder, name)).map((inner) => `${name}/${inner}`) : [name],
  )
  return paths.map((path) => ({ folder, path, size: sizeOf(join(folder, path)) }))
}

function sizeOf(path: string): number {
  const stat = lstatSync(path)
  if (!stat.isDirectory()) return stat.size
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}

/** Units of about so many bytes together: always the same for a seed, others for another. */
export function choose(units: readonly Unit[], bytes: number, seed: string): readonly Unit[] {
  const rank = ({ path }: Unit): string => createHash('sha256').update(`${seed} ${path}`).digest('hex')
  const shuffled = [...units].sort((left, right) => (rank(left) < rank(right) ? -1 : 1))
  let left = bytes
  return shuffled.filter(({ size }) => {
    const fits = size <= left
    if (fits) left -= size
    return fits
  })
}
