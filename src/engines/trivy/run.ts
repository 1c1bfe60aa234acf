import type { Digest, Secret } from '../../core/index.ts'
import { type EngineFacts, runProcess } from '../index.ts'
import { failed, outputInvalid } from './errors.ts'
import type { RunFolder, TrivyDatabase } from './folders.ts'
import { askVersion } from './program.ts'
import { readReport, type ReportContent } from './report.ts'
import { type Report, reportSchema } from './schema.ts'

export interface RunOptions {
  readonly program: string
  readonly folder: RunFolder
  readonly searchPath: string
  readonly server: { readonly url: string; readonly token: Secret<string> | undefined } | undefined
  /** undefined: the program's own, or the server's. */
  readonly database: TrivyDatabase | undefined
  readonly timeoutMs: number
  readonly maxReport: number
  readonly signal: AbortSignal | undefined
}

/** Nothing but this reaches the program: no credentials of this machine's clouds, registries or users. */
function environment({ searchPath, server, folder }: RunOptions): Record<string, string> {
  const token = server?.token?.reveal()
  return {
    PATH: searchPath,
    HOME: folder.home,
    TMPDIR: folder.temp,
    TRIVY_CACHE_DIR: folder.cache,
    TRIVY_NO_PROGRESS: 'true',
    TRIVY_SKIP_VERSION_CHECK: 'true',
    TRIVY_DISABLE_TELEMETRY: 'true',
    ...(token === undefined ? {} : { TRIVY_TOKEN: token }),
  }
}

/** One image, saved as a layout, before the program. */
export class Run {
  readonly #options: RunOptions

  constructor(options: RunOptions) {
    this.#options = options
  }

  /** @param layers diff IDs, from the base up */
  async content(layers: readonly Digest[]): Promise<ReportContent> {
    const whole = await this.#report('--list-all-pkgs')
    if (!mayHaveLost(whole)) return readReport(whole, layers)
    const found = await this.#report()
    return readReport(withFindingsOf(whole, found), layers)
  }

  version(): Promise<EngineFacts> {
    const { program, folder, signal } = this.#options
    const run = { cwd: folder.home, env: environment(this.#options), cacheDir: folder.cache }
    return askVersion(program, run, signal)
  }

  async #report(...more: string[]): Promise<Report> {
    const { program, folder, server, timeoutMs, maxReport, signal } = this.#options
    const result = await runProcess({
      program,
      args: [...this.#arguments(), ...more],
      env: environment(this.#options),
      cwd: folder.home,
      timeoutMs,
      maxOutput: maxReport,
      ...(signal === undefined ? {} : { signal }),
    })
    if (result.end !== 'exited') throw failed(result, timeoutMs, [folder.home, server?.token?.reveal() ?? ''])
    return parse(result.stdout)
  }

  #arguments(): string[] {
    const { folder, server, timeoutMs, database } = this.#options
    const java = database?.javaFolder === undefined ? [] : ['--skip-java-db-update']
    const data = database === undefined ? [] : ['--skip-db-update', ...java]
    const common = `image --format json --scanners vuln --offline-scan --timeout ${Math.ceil(timeoutMs / 1000)}s`
    return [
      ...common.split(' '),
      '--input',
      folder.layout,
      '--cache-dir',
      folder.cache,
      ...(server === undefined ? data : ['--server', server.url]),
    ]
  }
}

function parse(output: Buffer): Report {
  let document: unknown
  try {
    document = JSON.parse(output.toString('utf8'))
  } catch (error) {
    throw outputInvalid(
      output.length === 0 ? 'it is empty' : String(error instanceof Error ? error.message : error),
    )
  }
  const result = reportSchema.safeParse(document)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw outputInvalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}

/** Trivy 0.44 loses the findings of Ubuntu's extended releases where packages are listed too: then it is asked again without. */
function mayHaveLost({ Metadata, Results }: Report): boolean {
  if (Metadata?.OS?.Family !== 'ubuntu') return false
  const os = Results?.find((result) => result.Class === 'os-pkgs')
  return os !== undefined && (os.Vulnerabilities ?? []).length === 0
}

function withFindingsOf(listed: Report, found: Report): Report {
  const vulnerabilities = found.Results?.find((result) => result.Class === 'os-pkgs')?.Vulnerabilities
  return {
    ...listed,
    Results: (listed.Results ?? []).map((result) =>
      result.Class === 'os-pkgs' ? { ...result, Vulnerabilities: vulnerabilities } : result,
    ),
  }
}
