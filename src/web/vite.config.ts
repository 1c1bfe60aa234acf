import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { LINES_TYPE, routes } from '../contract/index.ts'

/**
 * `virtual:contract-routes`: method and path of every route of the contract, and its one media type. The browser needs no more of
 * it, and so does not carry its schemas (28 KB compressed); the types come from the contract (api/client.ts).
 */
function contractRoutes(): Plugin {
  const id = '\0virtual:contract-routes'
  const table = Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [name, [route.method, route.path]]),
  )
  const text = `export const table = ${JSON.stringify(table)}; export const linesType = '${LINES_TYPE}'`
  return {
    name: 'contract-routes',
    resolveId: (source) => (source === 'virtual:contract-routes' ? id : undefined),
    load: (source) => (source === id ? text : undefined),
  }
}

/** Writes `.gz` and `.br` beside each file: the server sends those and compresses nothing while somebody waits. */
function compressed(): Plugin {
  let folder = ''
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = resolve(root, build.outDir)
    },
    async closeBundle() {
      const names = await readdir(folder, { recursive: true })
      for (const name of names.filter((name) => /\.(js|css|html|svg)$/.test(name))) {
        const content = await readFile(join(folder, name))
        await writeFile(join(folder, `${name}.gz`), await promisify(gzip)(content, { level: 9 }))
        await writeFile(join(folder, `${name}.br`), await promisify(brotliCompress)(content))
      }
    },
  }
}

const here = fileURLToPath(new URL('.', import.meta.url))

export default defineConfig({
  root: here,
  plugins: [react(), contractRoutes(), compressed()],
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    manifest: true,
    // The first versions with light-dark(), which the theme's colours are written in.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // The content security policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
  },
})
