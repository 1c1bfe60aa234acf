import { parsePackageUrl } from '../../core/index.ts'
import type { SbomDocument, SbomPackage, SbomProperty, SbomSource, SbomSubject } from '../ports.ts'
import { epochOf, leftOut, toPackage } from '../stated-package.ts'
import type { SpdxDocument, SpdxPackage } from './model.ts'

/** An SPDX document in the neutral shape. The operating system is the package of that purpose, or Trivy's by its id. */
export function fromSpdx(document: SpdxDocument): SbomDocument {
  const subject = subjectPackage(document)
  const os = document.packages.find((one) => isOs(one) && one !== subject)
  const paths = pathsOf(document)
  const packages: SbomPackage[] = []
  let unnamed = 0
  for (const one of document.packages) {
    if (one === os || one === subject || isApplication(one)) continue
    const found = packageOf(one, paths.get(one.id) ?? null)
    if (found === undefined) unnamed += 1
    else packages.push(found)
  }
  return {
    format: 'spdx',
    specVersion: document.version.replace(/^SPDX-/, ''),
    id: document.namespace || null,
    version: 1,
    subject: subject === undefined ? null : subjectOf(subject),
    os: os === undefined ? null : { family: os.name, release: os.version },
    osProperties: os === undefined ? [] : propertiesOf(os),
    packages,
    notes: unnamed === 0 ? [] : [leftOut(unnamed, 'package', 'packages')],
  }
}

function isOs({ id, purpose }: SpdxPackage): boolean {
  return (
    id.startsWith('SPDXRef-OperatingSystem') ||
    purpose === 'OPERATING-SYSTEM' ||
    purpose === 'OPERATING_SYSTEM'
  )
}

/** Trivy's element for a list of packages, such as a lock file; others name packages so, too, which have a purl then. */
function isApplication({ id, purl }: SpdxPackage): boolean {
  return id.startsWith('SPDXRef-Application') && purl === ''
}

/** What the document describes, where that is an image or a tree of files: a described library is a package as others are. */
function subjectPackage({ packages, relationships }: SpdxDocument): SpdxPackage | undefined {
  const described = new Set(
    relationships
      .filter(({ from, type }) => from === 'SPDXRef-DOCUMENT' && /^DESCRIBES?$/.test(type))
      .map(({ to }) => to),
  )
  return packages.find(
    (one) =>
      described.has(one.id) && !isOs(one) && (one.purl === '' || parsePackageUrl(one.purl)?.type === 'oci'),
  )
}

/** The file that named a package: one that it is said to contain. */
function pathsOf({ packages, relationships, files }: SpdxDocument): ReadonlyMap<string, string> {
  const paths = new Map<string, string>()
  for (const { from, type, to } of relationships) {
    const file = /^CONTAINS?$/.test(type) ? files.get(to) : undefined
    if (file !== undefined) paths.set(from, file)
  }
  for (const { id, files: own } of packages) {
    const file = own.map((each) => files.get(each)).find((each) => each !== undefined)
    if (file !== undefined && !paths.has(id)) paths.set(id, file)
  }
  return paths
}

function packageOf(one: SpdxPackage, path: string | null): SbomPackage | undefined {
  const licenses =
    one.license === 'NONE' || one.license === 'NOASSERTION' || one.license === '' ? [] : [one.license]
  return toPackage({
    ref: one.id,
    purl: one.purl,
    group: '',
    name: one.name,
    version: one.version,
    licenses,
    properties: propertiesOf(one),
    path,
    source: sourceOf(one),
  })
}

function propertiesOf({ remarks }: SpdxPackage): SbomProperty[] {
  return remarks.flatMap((remark) => {
    const at = remark.indexOf(': ')
    return at < 1 ? [] : [{ name: remark.slice(0, at), value: remark.slice(at + 2) }]
  })
}

/** Trivy's words for the source package: `built package from: glibc 2.36-9`. */
function sourceOf({ sourceInfo, purl }: SpdxPackage): SbomSource | null {
  const match = /^built package from: (\S+) (\S+)$/.exec(sourceInfo)
  if (match?.[1] === undefined || match[2] === undefined) return null
  const parts = /^(?:(\d{1,9}):)?(.*?)(?:-([^-]*))?$/.exec(match[2])
  const isSplit = purl.startsWith('pkg:rpm/') || purl.startsWith('pkg:deb/')
  if (!isSplit || parts === null) return { name: match[1], epoch: 0, version: match[2], release: '' }
  return { name: match[1], epoch: epochOf(parts[1]), version: parts[2] ?? '', release: parts[3] ?? '' }
}

function subjectOf(one: SpdxPackage): SbomSubject {
  const digests = propertiesOf(one)
    .filter(({ name }) => name === 'ImageID' || name === 'RepoDigest')
    .map(({ value }) => value.slice(value.lastIndexOf('@') + 1))
  const version = parsePackageUrl(one.purl)?.version ?? ''
  return {
    name: one.name,
    purl: one.purl || null,
    digests: [...new Set([...digests, version])].filter((text) => /^sha256:[0-9a-f]{64}$/.test(text)),
  }
}
