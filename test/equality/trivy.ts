import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PackageURL } from 'packageurl-js'
import { type BuiltImage, writeOciLayout } from '../../src/test-support/image-builder/index.ts'
import { type Answer, type FindingRow, type PackageRow, sorted } from './golden.ts'

const run = promisify(execFile)

interface TrivyPackage {
  readonly Name: string
  readonly Version?: string
  readonly Release?: string
  readonly Epoch?: number
  readonly Arch?: string
  readonly SrcName?: string
  readonly SrcVersion?: string
  readonly SrcRelease?: string
  readonly SrcEpoch?: number
  readonly FilePath?: string
  readonly Layer: { readonly DiffID?: string }
}

interface TrivyReport {
  readonly Metadata: { readonly OS?: { readonly Family: string; readonly Name: string } }
  readonly Results?: readonly {
    readonly Target: string
    readonly Class?: string
    readonly Packages?: readonly TrivyPackage[]
    readonly Vulnerabilities?: readonly {
      readonly VulnerabilityID: string
      readonly PkgName: string
      readonly InstalledVersion?: string
      readonly FixedVersion?: string
      readonly Severity?: string
      readonly SeveritySource?: string
      readonly Status?: string
      readonly PkgPath?: string
      readonly Layer: { readonly DiffID?: string }
    }[]
  }[]
}

/**
 * Asks real Trivy (0.44.1) about one image, without any network.
 * @param cache folder whose `db` holds trivy.db and metadata.json
 */
export async function askTrivy(program: string, image: BuiltImage, cache: string): Promise<Answer> {
  return withLayout(image, (folder) => askTrivyAboutLayout(program, folder, cache))
}

/** @param folder an OCI layout with one image */
export async function askTrivyAboutLayout(program: string, folder: string, cache: string): Promise<Answer> {
  const packages = await report(program, folder, cache, '--list-all-pkgs')
  // With Ubuntu Pro, 0.44.1 loses the findings where packages are listed too. A run takes seconds.
  const isUbuntu = packages.Metadata.OS?.Family === 'ubuntu'
  const findings = isUbuntu ? await report(program, folder, cache) : packages
  const bom = JSON.parse(await scan(program, folder, cache, 'cyclonedx')) as Bom
  return sorted({
    os: osOf(findings),
    packages: (packages.Results ?? []).flatMap((result) =>
      (result.Packages ?? []).map((found) => packageRow(found, listOf(result))),
    ),
    purls: purlsOf(bom),
    findings: findingsOf(findings),
  })
}

/** The part of `askTrivy` that one run of the program gives. */
export async function askTrivyForFindings(
  program: string,
  image: BuiltImage,
  cache: string,
): Promise<Pick<Answer, 'os' | 'findings'>> {
  return withLayout(image, async (folder) => {
    const found = await report(program, folder, cache)
    const { os, findings } = sorted({ os: osOf(found), packages: [], purls: [], findings: findingsOf(found) })
    return { os, findings }
  })
}

/** The SBOM that it writes of an image. */
export async function askTrivyForSbom(
  program: string,
  image: BuiltImage,
  cache: string,
  format: 'cyclonedx' | 'spdx-json' | 'spdx',
): Promise<string> {
  return withLayout(image, (folder) => scan(program, folder, cache, format))
}

/**
 * What it finds in an SBOM.
 * @param more further options: `--vex FILE`
 */
export async function askTrivyAboutSbom(
  program: string,
  sbom: string,
  cache: string,
  ...more: string[]
): Promise<FindingRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-trivy-'))
  try {
    const file = join(folder, 'sbom.json')
    await writeFile(file, sbom)
    const options = [
      '--skip-db-update',
      '--offline-scan',
      '--cache-dir',
      cache,
      '--quiet',
      '--format',
      'json',
    ]
    const wanted = ['sbom', ...options, ...more, file]
    const { stdout } = await run(program, wanted, {
      maxBuffer: 256 * 1024 * 1024,
      cwd: folder,
      timeout: 240_000,
    })
    const findings = findingsOf(JSON.parse(stdout) as TrivyReport)
    return [...sorted({ os: null, packages: [], purls: [], findings }).findings]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function withLayout<T>(image: BuiltImage, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-trivy-'))
  try {
    await writeOciLayout(folder, { latest: image })
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function report(
  program: string,
  folder: string,
  cache: string,
  ...more: string[]
): Promise<TrivyReport> {
  return JSON.parse(await scan(program, folder, cache, 'json', ...more)) as TrivyReport
}

async function scan(
  program: string,
  folder: string,
  cache: string,
  format: string,
  ...more: string[]
): Promise<string> {
  const offline = [
    '--skip-db-update',
    '--offline-scan',
    '--scanners',
    'vuln',
    '--cache-dir',
    cache,
    '--quiet',
  ]
  const wanted = ['image', '--input', folder, '--format', format, ...offline, ...more]
  return (await run(program, wanted, { maxBuffer: 256 * 1024 * 1024, cwd: folder, timeout: 240_000 })).stdout
}

interface Bom {
  readonly components?: readonly { readonly type: string; readonly purl?: string }[]
}

/** The first writing of a purl differs between Trivy's versions; what it says does not. */
function purlsOf(bom: Bom): string[] {
  return (bom.components ?? []).flatMap(({ type, purl }) =>
    type === 'library' && purl !== undefined ? [canonicalPurl(purl)] : [],
  )
}

/** packageurl-js rejects versions of Go that are no semantic ones (`v1.13`): they stay as they are written. */
export function canonicalPurl(purl: string): string {
  return purl.startsWith('pkg:golang/stdlib@') ? purl : PackageURL.fromString(purl).toString()
}

function osOf(report: TrivyReport): string | null {
  const os = report.Metadata.OS
  return os === undefined ? null : `${os.Family} ${os.Name}`
}

function findingsOf(report: TrivyReport): FindingRow[] {
  return (report.Results ?? []).flatMap((result) =>
    (result.Vulnerabilities ?? []).map((found) => findingRow(found, listOf(result))),
  )
}

/** Titles under which Trivy gathers packages that have a file each (pkg/scanner/langpkg, PkgTargets). */
const gathered = new Set(['Java', 'Node.js', 'Python', 'Ruby', 'Conda'])

/** The file that lists all packages of a result: a lock file, a Go binary. '' where each package has its own. */
function listOf({ Target, Class }: TrivyResult): string {
  return Class === 'lang-pkgs' && !gathered.has(Target) ? Target : ''
}

function packageRow(found: TrivyPackage, list: string): PackageRow {
  return {
    name: found.Name,
    version: spell(found.Epoch, found.Version ?? '', found.Release),
    arch: found.Arch ?? '',
    source: [found.SrcName ?? '', spell(found.SrcEpoch, found.SrcVersion ?? '', found.SrcRelease)]
      .join(' ')
      .trim(),
    path: found.FilePath ?? list,
    layer: found.Layer.DiffID ?? '',
  }
}

type TrivyResult = NonNullable<TrivyReport['Results']>[number]
type TrivyVulnerability = NonNullable<TrivyResult['Vulnerabilities']>[number]

function findingRow(found: TrivyVulnerability, list: string): FindingRow {
  return {
    vulnerability: found.VulnerabilityID,
    package: found.PkgName,
    installed: found.InstalledVersion ?? '',
    fixed: found.FixedVersion ?? '',
    severity: found.Severity ?? '',
    severitySource: found.SeveritySource ?? '',
    status: found.Status ?? '',
    path: found.PkgPath ?? list,
    layer: found.Layer.DiffID ?? '',
  }
}

function spell(epoch: number | undefined, version: string, release: string | undefined): string {
  return `${epoch ? `${epoch}:` : ''}${version}${release ? `-${release}` : ''}`
}
