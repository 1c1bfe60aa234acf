/** `npm run bench -- NAME [options]`: each prints ratios measured in one run. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benchImage } from './image.ts'
import { benchLists } from './lists.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    db: { type: 'string' },
    runs: { type: 'string', default: '5' },
    /** `lists`: URL of an empty PostgreSQL database, or a new folder for the embedded one. */
    database: { type: 'string', default: '.cache/bench-lists' },
    images: { type: 'string', default: '1000' },
  },
})
const benches: Readonly<Record<string, () => Promise<void>>> = {
  image: () => benchImage({ root, db: values.db, runs: Number(values.runs) }),
  lists: () => benchLists({ database: values.database, images: Number(values.images) }),
}
const bench = benches[positionals[0] ?? 'image']
if (bench === undefined) {
  process.stderr.write(`No such benchmark. There are: ${Object.keys(benches).join(', ')}\n`)
  process.exit(2)
}
await bench()
