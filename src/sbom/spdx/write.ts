import { hash } from 'node:crypto'
import { licenseReference, referencesIn, stateLicenses } from '../licenses.ts'
import type { DocumentStamp, ImageContents, SbomProperty, SbomSource } from '../ports.ts'
import { packageProperties } from '../properties.ts'
import { compareText, type NamedPackage, nameRefs } from '../refs.ts'

const DOCUMENT = 'SPDXRef-DOCUMENT'

/**
 * The SPDX 2.3 document of an image, as JSON: the image, its operating system, a package for each kind of language list, and the
 * packages, with CONTAINS between them. Properties are annotations, as Trivy has them. The same image and stamp give the same document.
 */
export function writeSpdx(contents: ImageContents, stamp: DocumentStamp): object {
  const { subject, os } = contents
  const note = annotator(stamp)
  const root = elementId('ContainerImage', subject.purl ?? subject.name)
  const osId = os === null ? null : elementId('OperatingSystem', `${os.family}@${os.release}`)
  const named = nameRefs(contents.packages).map((each) => ({ ...each, id: elementId('Package', each.ref) }))
  const languages = named.flatMap(({ item }) => (item.scope === 'language' ? [item.type] : []))
  const types = [...new Set(languages)].sort(compareText)
  const parentOf = ({ item }: NamedPackage): string =>
    item.scope === 'language' ? elementId('Application', item.type) : (osId ?? root)
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: DOCUMENT,
    name: subject.name || 'image',
    documentNamespace: `urn:uuid:${stamp.serial}`,
    creationInfo: { created: secondsOf(stamp.time), creators: [`Tool: portolan-${stamp.tool}`] },
    packages: [
      rootElement(root, contents, note),
      ...(osId === null ? [] : [osElement(osId, contents, note)]),
      ...types.map((type) => applicationElement(type, note)),
      ...named.map((each) => packageElement(each, note)),
    ],
    ...otherLicenses(named),
    relationships: [
      relationship(DOCUMENT, 'DESCRIBES', root),
      ...(osId === null ? [] : [relationship(root, 'CONTAINS', osId)]),
      ...types.map((type) => relationship(root, 'CONTAINS', elementId('Application', type))),
      ...named.map((each) => relationship(parentOf(each), 'CONTAINS', each.id)),
    ],
  }
}

function rootElement(id: string, { subject, properties }: ImageContents, note: Annotate): object {
  return {
    SPDXID: id,
    name: subject.name || 'image',
    ...unlicensed,
    primaryPackagePurpose: 'CONTAINER',
    ...purlReference(subject.purl),
    ...note(properties),
  }
}

function osElement(id: string, { os, osProperties }: ImageContents, note: Annotate): object {
  const family = os?.family ?? ''
  return {
    SPDXID: id,
    name: family,
    versionInfo: os?.release ?? '',
    ...unlicensed,
    primaryPackagePurpose: 'OPERATING_SYSTEM',
    ...note([{ name: 'Class', value: 'os-pkgs' }, { name: 'Type', value: family }, ...osProperties]),
  }
}

function applicationElement(type: string, note: Annotate): object {
  return {
    SPDXID: elementId('Application', type),
    name: type,
    ...unlicensed,
    primaryPackagePurpose: 'APPLICATION',
    ...note([
      { name: 'Class', value: 'lang-pkgs' },
      { name: 'Type', value: type },
    ]),
  }
}

const unlicensed = {
  downloadLocation: 'NONE',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  licenseDeclared: 'NOASSERTION',
}

type Annotate = (properties: readonly SbomProperty[]) => { annotations?: object[] }

function annotator({ time, tool }: DocumentStamp): Annotate {
  const common = {
    annotationDate: secondsOf(time),
    annotationType: 'OTHER',
    annotator: `Tool: portolan-${tool}`,
  }
  return (properties) => {
    if (properties.length === 0) return {}
    return { annotations: properties.map(({ name, value }) => ({ ...common, comment: `${name}: ${value}` })) }
  }
}

function packageElement({ id, item }: NamedPackage & { readonly id: string }, note: Annotate): object {
  const declared = declaredLicense(item.licenses)
  return {
    SPDXID: id,
    name: item.name,
    versionInfo: item.version,
    supplier: 'NOASSERTION',
    downloadLocation: 'NONE',
    filesAnalyzed: false,
    ...(item.source === null
      ? {}
      : { sourceInfo: `built package from: ${item.source.name} ${spell(item.source)}` }),
    licenseConcluded: declared,
    licenseDeclared: declared,
    primaryPackagePurpose: 'LIBRARY',
    ...purlReference(item.purl),
    ...note(packageProperties(item)),
  }
}

function spell({ epoch, version, release }: SbomSource): string {
  return `${epoch > 0 ? `${epoch}:` : ''}${version}${release === '' ? '' : `-${release}`}`
}

function purlReference(purl: string | null): object {
  if (purl === null) return {}
  const reference = { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }
  return { externalRefs: [reference] }
}

function declaredLicense(licenses: readonly string[]): string {
  const { each, expression } = stateLicenses(licenses)
  if (each.length === 0) return 'NOASSERTION'
  if (expression !== null) return expression
  return each
    .map(({ text, kind }) => (kind === 'name' ? licenseReference(text) : kind === 'id' ? text : `(${text})`))
    .join(' AND ')
}

/** Names that are no SPDX licence must be kept in the document, and each reference that it uses (clause 10). */
function otherLicenses(named: readonly NamedPackage[]): object {
  const texts = new Map<string, string>()
  for (const { text, kind } of named.flatMap(({ item }) => stateLicenses(item.licenses).each)) {
    if (kind === 'name') texts.set(licenseReference(text), text)
    else if (kind === 'expression') for (const id of referencesIn(text)) texts.set(id, texts.get(id) ?? id)
  }
  if (texts.size === 0) return {}
  const infos = Array.from(texts, ([licenseId, text]) => ({ licenseId, name: text, extractedText: text }))
  return {
    hasExtractedLicensingInfos: infos.sort((left, right) => compareText(left.licenseId, right.licenseId)),
  }
}

function elementId(kind: string, of: string): string {
  return `SPDXRef-${kind}-${hash('sha256', of, 'hex').slice(0, 16)}`
}

function relationship(from: string, relationshipType: string, to: string): object {
  return { spdxElementId: from, relationshipType, relatedSpdxElement: to }
}

/** SPDX knows whole seconds. */
function secondsOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}
