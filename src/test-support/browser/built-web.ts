import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const SOURCES = ['src/web', 'src/contract', 'package-lock.json']

async function filesOf(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return [path]
  const names = await readdir(join(root, path), { recursive: true, withFileTypes: true })
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort()
}

async function isFolder(path: string): Promise<boolean> {
  return readdir(join(root, path)).then(
    () => true,
    () => false,
  )
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    for (const file of await filesOf(source)) hash.update(file).update(await readFile(join(root, file)))
  }
  return hash.digest('hex').slice(0, 16)
}

/**
 * Builds the web pages as a release does, once for each state of their sources, whatever number of test files ask for them.
 *
 * @returns the folder of the bundle, with `.vite/manifest.json` in it
 */
export async function builtWeb(): Promise<string> {
  const folder = join(root, '.cache', 'web', await fingerprint())
  if (existsSync(join(folder, 'index.html'))) return folder
  const making = `${folder}.${process.pid}.making`
  await mkdir(making, { recursive: true })
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const options = ['--config', 'src/web/vite.config.ts', '--outDir', making, '--logLevel', 'error']
  // A process of its own: the test runner's NODE_ENV would make it a development build.
  await promisify(execFile)(process.execPath, [vite, 'build', ...options], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
  })
  // Another test file may have been quicker: its bundle is the same.
  await rename(making, folder).catch(() => rm(making, { recursive: true, force: true }))
  return folder
}
