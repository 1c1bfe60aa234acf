import { spawnSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

function newest(pattern: string): number {
  const files = globSync(pattern, { cwd: root })
  return Math.max(0, ...files.map((file) => statSync(join(root, file)).mtimeMs))
}

/** Builds the web pages where they are missing or older than their sources. */
export function buildWebBundle(): void {
  const built = newest('dist/web/index.html')
  if (built > newest('src/{web,contract}/**/*.{ts,tsx,css,html}')) return
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const args = [vite, 'build', '--config', join(root, 'src/web/vite.config.ts'), '--logLevel', 'error']
  const done = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (done.status !== 0) throw new Error('the web pages could not be built')
}
