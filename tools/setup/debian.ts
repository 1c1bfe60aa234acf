import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What the tests run for real, and a file that shows that it is there. */
const packages: Readonly<Record<string, string>> = {
  'docker-registry': '/usr/bin/docker-registry',
  skopeo: '/usr/bin/skopeo',
  chromium: '/usr/bin/chromium',
  postgresql: '/usr/lib/postgresql',
  'apache2-utils': '/usr/bin/htpasswd',
  openssl: '/usr/bin/openssl',
  git: '/usr/bin/git',
  e2fsprogs: '/usr/sbin/mkfs.ext4',
  python3: '/usr/bin/python3',
  rpm: '/usr/bin/rpm',
  'golang-go': '/usr/bin/go',
  'golang-github-coreos-bbolt-dev': '/usr/share/gocode/src/github.com/coreos/bbolt',
  'ca-certificates': '/etc/ssl/certs/ca-certificates.crt',
}

function apt(...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0
}

/** Installs missing Debian packages when it may (root on a Debian system); else says which are missing: their tests skip. */
export function installDebianPackages(): void {
  const missing = Object.keys(packages).filter((name) => !existsSync(packages[name] ?? ''))
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    process.stdout.write(
      `Not installed, and not root on Debian: ${missing.join(' ')}. Tests that need them are skipped.\n`,
    )
    return
  }
  process.stdout.write(`Installing Debian packages: ${missing.join(' ')}\n`)
  if (!apt('update', '-qq') || !apt('install', '-y', '-qq', '--no-install-recommends', ...missing)) {
    process.stdout.write('apt-get failed; tests that need the missing packages are skipped.\n')
  }
}
