/** `npm run docs`: writes into docs what the code says: descriptions of the platforms, differences from Trivy. */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { accuracyPage } from './docs/accuracy-page.ts'
import { platformPages } from './docs/platform-pages.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
let incomplete = false
for (const { path, text, wanted } of [...platformPages(root), accuracyPage(root)]) {
  if (wanted === undefined) {
    console.error(`${path}: ${text === undefined ? 'there is no such page' : 'it has no markers'}`)
    incomplete = true
  } else if (wanted !== text) {
    writeFileSync(join(root, path), wanted)
    console.log(path)
  }
}
process.exitCode = incomplete ? 1 : 0
