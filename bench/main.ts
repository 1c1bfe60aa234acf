/** `npm run bench -- NAME [options]`: each prints ratios measured in one run. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benchFleet } from './fleet.ts'
import { benchImage } from './image.ts'
import { benchLists } from './lists.ts'
import { benchRegistries } from './registries.ts'
import { benchRematch } from './rematch.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    db: { type: 'string' },
    runs: { type: 'string', default: '5' },
    /** `lists`: URL of an empty PostgreSQL database, or a new folder for the embedded one; `rematch`: `postgresql` or `embedded`. */
    database: { type: 'string' },
    images: { type: 'string' },
    /** `fleet`: against Trivy in one mode only, `vulnerabilities` or `default`. */
    mode: { type: 'string' },
    /** `rematch`: MiB of the vulnerability database. */
    size: { type: 'string', default: '520' },
    /** `registries`: how many, of how many tags, answering after how many milliseconds; only one platform; or one large repository. */
    repositories: { type: 'string', default: '1000' },
    tags: { type: 'string', default: '100' },
    latency: { type: 'string', default: '50' },
    platform: { type: 'string' },
    large: { type: 'string' },
  },
})
const benches: Readonly<Record<string, () => Promise<void>>> = {
  image: () => benchImage({ root, db: values.db, runs: Number(values.runs) }),
  fleet: () => benchFleet({ root, db: values.db, images: Number(values.images ?? 100), mode: values.mode }),
  lists: () =>
    benchLists({ database: values.database ?? '.cache/bench-lists', images: Number(values.images ?? 1000) }),
  registries: () =>
    benchRegistries({
      database: values.database,
      repositories: Number(values.repositories),
      tags: Number(values.tags),
      latency: Number(values.latency),
      platform: values.platform,
      large: values.large === undefined ? undefined : Number(values.large),
    }),
  rematch: () =>
    benchRematch({
      database: values.database ?? 'postgresql',
      images: Number(values.images ?? 10_000),
      size: Number(values.size),
    }),
}
const bench = benches[positionals[0] ?? 'image']
if (bench === undefined) {
  process.stderr.write(`No such benchmark. There are: ${Object.keys(benches).join(', ')}\n`)
  process.exit(2)
}
await bench()
