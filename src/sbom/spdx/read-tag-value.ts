import { sbomError } from '../errors.ts'
import { SBOM_LIMITS } from '../limits.ts'
import type { SpdxDocument, SpdxPackage, SpdxRelationship } from './model.ts'

interface Open {
  kind: 'document' | 'package' | 'file' | 'other'
  readonly fields: Map<string, string>
  readonly remarks: string[]
  readonly attributions: string[]
}

/** SPDX 2 as tag-value (specification 2.3, clause 5 and on). @throws AppError `sbom-too-large` (invalid) */
export function parseSpdxTagValue(text: string): SpdxDocument {
  const document = opened('document')
  const packages: SpdxPackage[] = []
  const files = new Map<string, string>()
  const relationships: SpdxRelationship[] = []
  let open = document
  const close = (): void => {
    if (open.kind === 'package') packages.push(packageOf(open))
    if (open.kind === 'file') files.set(open.fields.get('SPDXID') ?? '', open.fields.get('FileName') ?? '')
    if (packages.length > SBOM_LIMITS.components) {
      throw sbomError('sbom-too-large', `The SBOM has more than ${SBOM_LIMITS.components} packages.`)
    }
  }
  for (const [tag, value] of pairsOf(text)) {
    const kind = beginnings.get(tag)
    if (kind !== undefined) {
      close()
      open = opened(kind)
    }
    if (tag === 'Relationship') relationships.push(...relationshipOf(value))
    else keep(open, tag, value)
  }
  close()
  return {
    version: document.fields.get('SPDXVersion') ?? '',
    namespace: document.fields.get('DocumentNamespace') ?? '',
    name: document.fields.get('DocumentName') ?? '',
    packages,
    files,
    relationships,
  }
}

/** A section lasts from its first tag to the next section's. */
const beginnings = new Map<string, Open['kind']>([
  ['PackageName', 'package'],
  ['FileName', 'file'],
  ['SnippetSPDXID', 'other'],
  ['LicenseID', 'other'],
])

function opened(kind: Open['kind']): Open {
  return { kind, fields: new Map(), remarks: [], attributions: [] }
}

function keep(open: Open, tag: string, value: string): void {
  if (tag === 'AnnotationComment') bounded(open.remarks, value)
  else if (tag === 'PackageAttributionText') bounded(open.attributions, value)
  else if (tag === 'ExternalRef') keepPurl(open, value)
  else if (!open.fields.has(tag)) open.fields.set(tag, value.slice(0, 4096))
}

function bounded(list: string[], value: string): void {
  if (list.length < SBOM_LIMITS.details) list.push(value.slice(0, 4096))
}

function keepPurl(open: Open, value: string): void {
  const [category, type, locator] = value.split(/\s+/, 3)
  const isPurl = type === 'purl' && /^PACKAGE[-_]MANAGER$/.test(category ?? '')
  if (isPurl && locator !== undefined && !open.fields.has('purl')) open.fields.set('purl', locator)
}

function packageOf({ fields, remarks, attributions }: Open): SpdxPackage {
  const field = (name: string): string => fields.get(name) ?? ''
  return {
    id: field('SPDXID'),
    name: field('PackageName'),
    version: field('PackageVersion'),
    purpose: field('PrimaryPackagePurpose'),
    purl: field('purl'),
    license: field('PackageLicenseDeclared'),
    sourceInfo: field('PackageSourceInfo'),
    remarks: remarks.length > 0 ? remarks : attributions,
    files: [],
  }
}

function relationshipOf(value: string): SpdxRelationship[] {
  const [from, type, to] = value.trim().split(/\s+/, 3)
  return from === undefined || type === undefined || to === undefined ? [] : [{ from, type, to }]
}

/** `Tag: value` lines; a value in `<text>` may go over several. */
function* pairsOf(text: string): Generator<readonly [tag: string, value: string]> {
  let at = 0
  while (at < text.length) {
    const end = endOfLine(text, at)
    const line = text.slice(at, end)
    const colon = line.indexOf(':')
    at = end + 1
    if (colon <= 0 || line.startsWith('#')) continue
    const tag = line.slice(0, colon).trim()
    const value = line.slice(colon + 1).trim()
    if (!value.startsWith('<text>')) {
      yield [tag, value]
      continue
    }
    const begin = text.indexOf('<text>', end - line.length + colon) + '<text>'.length
    const close = text.indexOf('</text>', begin)
    if (close < 0) return
    yield [tag, text.slice(begin, close)]
    at = endOfLine(text, close) + 1
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}
