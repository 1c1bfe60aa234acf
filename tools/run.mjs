// Starts a TypeScript entry on the Node that this package brings (>= 24), whatever Node runs this file.
// Plain JavaScript for Node 18 and later: it is what a fresh clone runs first, before anything is installed.
//   node tools/run.mjs ENTRY [ARGS...]
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'node_modules', '.portolan-install')

/** Installs what package-lock.json names, once for each lock file. */
function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write('Installing dependencies (once; about a minute)\n')
  // Seen with npm 11 on Node 20: without --force a package of another platform or engine stops the install.
  const done = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NODE_ENV: '' },
  })
  if (done.status !== 0) {
    process.stderr.write('npm ci failed. Check that the npm registry can be reached, then run this again.\n')
    process.exit(done.status ?? 1)
  }
  writeFileSync(stamp, wanted)
}

/** The Node binary to use: this process's own when it is new enough, else the one among the dependencies. */
function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const bundled = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(bundled)) return bundled
  process.stderr.write(
    `Portolan needs Node 24 or newer; this is ${process.version}, and no Node for ${process.platform}-${process.arch} is among the dependencies.\nInstall Node 24 and run this again.\n`,
  )
  return process.exit(1)
}

const [entry, ...args] = process.argv.slice(2)
if (!entry) {
  process.stderr.write('usage: node tools/run.mjs ENTRY [ARGS...]\n')
  process.exit(2)
}
install()
const binary = node24()
const threads = process.env.UV_THREADPOOL_SIZE ?? '8'
// The folder that src/cli/main.ts names, too late for its own compilation: that alone is a third of a short command's time.
const compiled = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'portolan', 'node')
const child = spawn(binary, ['--disable-warning=ExperimentalWarning', join(root, entry), ...args], {
  stdio: 'inherit',
  // npm changes into the package's folder: a user's relative paths belong to the folder that they stand in.
  cwd: entry.startsWith('src/cli/') ? (process.env.INIT_CWD ?? process.cwd()) : root,
  env: {
    ...process.env,
    UV_THREADPOOL_SIZE: threads,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? compiled,
    PATH: `${dirname(binary)}:${process.env.PATH ?? ''}`,
  },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  if (signal) process.kill(process.pid, signal)
  else process.exit(code ?? 1)
})
