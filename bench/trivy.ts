import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sampleRows } from '../src/demo/advisories.ts'
import { buildJavaDatabase } from '../src/test-support/java-database/index.ts'
import { buildVulnerabilityDatabase } from '../src/test-support/vulnerability-database/index.ts'
import { installTrivy } from '../tools/setup/trivy.ts'
import { type Cost, median } from './measure.ts'
import { unpacked } from './unpack.ts'

/** `vulnerabilities`: only what Portolan does as well; `default`: what `trivy image` does unless told otherwise, so secrets too. */
export type TrivyMode = 'vulnerabilities' | 'default'

export const TRIVY_MODES: readonly TrivyMode[] = ['vulnerabilities', 'default']

/** Real Trivy with a cache folder of its own, which holds the databases of the comparison: it fetches none. */
export interface BenchTrivy {
  readonly program: string
  readonly cache: string
  /** `--version`, the median of several. */
  readonly startup: Cost
  /** The command that scans an image. @param more further options of `trivy image` */
  scan(reference: string, mode: TrivyMode, more?: readonly string[]): readonly string[]
  /** The command that serves scans on loopback. */
  serve(port: number): readonly string[]
  /** Empties the cache of layers. */
  forget(): void
}

/** @param db a folder with trivy.db and metadata.json; the demo's sample rows unless given */
export async function benchTrivy(root: string, folder: string, db: string | undefined): Promise<BenchTrivy> {
  const packed = installTrivy(root)
  if (packed === undefined) throw new Error('no Trivy for this machine')
  const cache = join(folder, 'trivy-cache')
  for (const name of ['db', 'java-db']) mkdirSync(join(cache, name), { recursive: true })
  if (db === undefined) await buildVulnerabilityDatabase(sampleRows).writeFolder(join(cache, 'db'))
  else cpSync(db, join(cache, 'db'), { recursive: true })
  await buildJavaDatabase([{ group: 'org.example', artifact: 'example', version: '1' }]).writeFolder(
    join(cache, 'java-db'),
  )
  const program = unpacked(packed, folder)
  const start = [program, '--cache-dir', cache, '--quiet']
  const image = ['image', '--offline-scan', '--skip-java-db-update', '--format', 'json']
  return {
    program,
    cache,
    startup: median(11, [program, '--version']),
    scan: (reference, mode, more = ['--skip-db-update']) => {
      const scanners = mode === 'default' ? [] : ['--scanners', 'vuln']
      return [...start, ...image, ...scanners, ...more, reference]
    },
    serve: (port) => [...start, 'server', '--skip-db-update', '--listen', `127.0.0.1:${port}`],
    forget: () => rmSync(join(cache, 'fanal'), { recursive: true, force: true }),
  }
}
