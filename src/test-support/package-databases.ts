/** Package databases as files, from short rows: what a test's, the demo's or a benchmark's image holds. */

export interface DpkgRow {
  readonly name: string
  readonly version: string
  readonly arch?: string
  /** Source package, with its version in brackets where it differs: `glibc`, `gcc-12 (12.2.0-14)`. */
  readonly source?: string
  /** `install ok installed` unless stated; null leaves the line out, as in status.d. */
  readonly status?: string | null
  readonly maintainer?: string
}

/** var/lib/dpkg/status, or one file of var/lib/dpkg/status.d. */
export function dpkgStatus(rows: readonly DpkgRow[]): string {
  return rows.map(dpkgParagraph).join('\n')
}

function dpkgParagraph(row: DpkgRow): string {
  const status = row.status === undefined ? 'install ok installed' : row.status
  return [
    `Package: ${row.name}`,
    ...(status === null ? [] : [`Status: ${status}`]),
    `Maintainer: ${row.maintainer ?? 'Example Maintainers <packages@example.com>'}`,
    `Architecture: ${row.arch ?? 'amd64'}`,
    ...(row.source === undefined ? [] : [`Source: ${row.source}`]),
    `Version: ${row.version}`,
    `Description: the ${row.name} package`,
    ' with a second line',
    '',
  ].join('\n')
}

export interface ApkRow {
  readonly name: string
  readonly version: string
  readonly arch?: string
  /** The package's own name unless stated; null leaves the line out. */
  readonly origin?: string | null
  readonly license?: string
  /** Paths that the package owns. */
  readonly files?: readonly string[]
}

/** lib/apk/db/installed. */
export function apkInstalled(rows: readonly ApkRow[]): string {
  return rows.map(apkParagraph).join('\n')
}

function apkParagraph(row: ApkRow): string {
  const origin = row.origin === undefined ? row.name : row.origin
  return [
    'C:Q1Ja7jiaR9nvcmHIe+n+CWBVYQ0D0=',
    `P:${row.name}`,
    `V:${row.version}`,
    `A:${row.arch ?? 'x86_64'}`,
    'T:a package',
    `L:${row.license ?? 'MIT'}`,
    ...(origin === null ? [] : [`o:${origin}`]),
    ...(row.files ?? []).flatMap((file) => {
      const slash = file.lastIndexOf('/')
      return [`F:${file.slice(0, Math.max(slash, 0))}`, `R:${file.slice(slash + 1)}`]
    }),
    '',
  ].join('\n')
}

/** A package.json with further fields laid over name and version. */
export function packageJson(
  name: string,
  version: string,
  fields: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({ name, version, ...fields }, null, 2)
}
