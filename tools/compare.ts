/**
 * `npm run compare -- REF [--db FOLDER] [--platform OS/ARCH]`: scans one image with Portolan and with real Trivy 0.44.1 on the same
 * data and prints every difference. REF is an image of a registry, an OCI layout or a `docker save` archive; the data is
 * what `portolan db update` or `db import` brought, or a folder with trivy.db. Ends with 1 where the two differ. Linux on x64 only.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { databaseStatus, openDatabaseFolder } from '../src/advisories/index.ts'
import { createContext } from '../src/cli/context.ts'
import { openImage } from '../src/cli/image-input.ts'
import { createRemote } from '../src/cli/remote.ts'
import { loadSettings } from '../src/cli/settings.ts'
import { DEFAULT_PLATFORM, digestHex, parsePlatform, systemClock } from '../src/core/index.ts'
import { resolveImage, saveOciLayout } from '../src/images/index.ts'
import { javaDatabase, openJavaNames } from '../src/java-names/index.ts'
import { buildJavaDatabase } from '../src/test-support/java-database/index.ts'
import { type Difference, differences } from '../test/equality/compare.ts'
import type { Answer } from '../test/equality/golden.ts'
import { askPortolanAbout } from '../test/equality/portolan.ts'
import { askTrivyAboutLayout } from '../test/equality/trivy.ts'
import { installTrivy } from './setup/trivy.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { db: { type: 'string' }, platform: { type: 'string' } },
})
const [name] = positionals
const trivy = installTrivy(dirname(dirname(fileURLToPath(import.meta.url))))
if (name === undefined) stop('Which image? npm run compare -- REF [--db FOLDER] [--platform OS/ARCH]')
if (trivy === undefined)
  stop('Trivy for comparison could not be installed: it is there for Linux on x64 only.')

const context = createContext({ ...process, signal: new AbortController().signal })
const folder = mkdtempSync(join(tmpdir(), 'portolan-compare-'))
try {
  process.exitCode = await compare(name, trivy)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function compare(wanted: string, program: string): Promise<number> {
  const remote = await createRemote({ passwordStdin: false, insecure: false }, context)
  const { source, reference } = await openImage(wanted, remote.images, context.signal)
  const platform = values.platform === undefined ? DEFAULT_PLATFORM : parsePlatform(values.platform)
  const [image] = (await resolveImage(source, reference, platform, context.signal)).images
  if (image === undefined) throw new Error('a resolved image has no platform')
  const layout = join(folder, 'image')
  await saveOciLayout(source, image, layout)
  copyFiles(values.db ?? (await currentDatabase()), join(folder, 'db'))
  await copyJavaDatabase(join(folder, 'java-db'))
  const database = openDatabaseFolder(join(folder, 'db'))
  const names = openJavaNames(join(folder, 'java-db'))
  const ours = await askPortolanAbout(source, image.layers, database, names)
  database.close()
  names.close()
  await source.close?.()
  const theirs = await askTrivyAboutLayout(program, layout, folder)
  print(ours, theirs, differences(ours, theirs))
  return differences(ours, theirs).length === 0 ? 0 : 1
}

async function currentDatabase(): Promise<string> {
  const { databaseDir } = await loadSettings(context.env)
  const { digest } = databaseStatus(databaseDir, systemClock)
  if (digest === null)
    stop('There is no vulnerability database: run "portolan db update", or give --db FOLDER.')
  return join(databaseDir, digestHex(digest))
}

/** The one that is in use, else an empty one, without which Trivy stops at the first archive. */
async function copyJavaDatabase(to: string): Promise<void> {
  const { javaDatabaseDir } = await loadSettings(context.env)
  const { digest } = databaseStatus(javaDatabaseDir, systemClock, javaDatabase)
  if (digest === null) await buildJavaDatabase([]).writeFolder(to)
  else copyFiles(join(javaDatabaseDir, digestHex(digest)), to)
}

/** Trivy locks and may write its files: it gets copies. */
function copyFiles(from: string, to: string): void {
  mkdirSync(to)
  for (const file of readdirSync(from)) copyFileSync(join(from, file), join(to, file))
}

function print(ours: Answer, theirs: Answer, found: readonly Difference[]): void {
  for (const [who, { os, packages, findings }] of Object.entries({
    Portolan: ours,
    'Trivy 0.44.1': theirs,
  })) {
    console.log(`${who}: ${os ?? 'no OS'}, ${packages.length} packages, ${findings.length} findings`)
  }
  for (const { side, row } of found) console.log(`only ${side}: ${JSON.stringify(row)}`)
  console.log(found.length === 0 ? 'No difference.' : `${found.length} differences.`)
}

function stop(message: string): never {
  console.error(message)
  process.exit(2)
}
