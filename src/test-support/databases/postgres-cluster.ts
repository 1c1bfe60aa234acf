/** A private PostgreSQL from the machine's own packages: in a folder of its own, on a unix socket, gone after the run. */
import { type ExecFileOptions, execFile } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const OLDEST = 15
const SUPERUSER = 'portolan'

/** Where `postgres` is: on the PATH, else where Debian keeps the newest. */
export function findPostgres(): string | undefined {
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .find((folder) => existsSync(join(folder, 'postgres')))
  if (onPath !== undefined) return onPath
  const debian = '/usr/lib/postgresql'
  if (!existsSync(debian)) return undefined
  const newest = readdirSync(debian)
    .map(Number)
    .filter((version) => version >= OLDEST && existsSync(join(debian, String(version), 'bin', 'postgres')))
    .sort((left, right) => right - left)[0]
  return newest === undefined ? undefined : join(debian, String(newest), 'bin')
}

/** PostgreSQL refuses to run as root: then it runs as its own account, or as nobody. */
function account(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n')
  const line = ['postgres:', 'nobody:']
    .map((name) => accounts.find((each) => each.startsWith(name)))
    .find((each) => each !== undefined)
  const [, , uid, gid] = (line ?? '').split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

export interface Cluster {
  url(database: string): string
}

export function clusterAt(folder: string): Cluster {
  const host = encodeURIComponent(join(folder, 'socket'))
  return { url: (database) => `postgresql://${SUPERUSER}@/${database}?host=${host}` }
}

// The tests of durability use the embedded database; in all others speed counts.
const forTests = ['fsync=off', 'full_page_writes=off', 'deadlock_timeout=100ms', 'shared_buffers=64MB']

/**
 * @param folder made by the caller, in a folder that other accounts may enter
 * @param special settings, `name=value`: those of tests when not given
 */
export async function startCluster(folder: string, special: readonly string[] = forTests): Promise<Cluster> {
  const bin = findPostgres()
  if (bin === undefined) throw new Error('no PostgreSQL on this machine')
  const user = account()
  const data = join(folder, 'data')
  const socket = join(folder, 'socket')
  for (const each of [folder, data, socket]) {
    mkdirSync(each, { recursive: true })
    chmodSync(each, 0o700)
    if (user) chownSync(each, user.uid, user.gid)
  }
  const options: ExecFileOptions = { cwd: folder, ...user }
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', SUPERUSER, '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    options,
  )
  const settings = [...special, 'max_connections=200', 'listen_addresses=']
  const server = [`-k ${socket}`, ...settings.map((setting) => `-c ${setting}`)].join(' ')
  await run(
    join(bin, 'pg_ctl'),
    ['-D', data, '-w', '-l', join(folder, 'log'), '-o', server, 'start'],
    options,
  )
  return clusterAt(folder)
}

export async function stopCluster(folder: string): Promise<void> {
  const bin = findPostgres()
  const data = join(folder, 'data')
  if (bin === undefined || !existsSync(join(data, 'postmaster.pid'))) return
  await run(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'], {
    cwd: dirname(folder),
    ...account(),
  })
}
