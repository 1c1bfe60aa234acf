import { parsePackageUrl } from '../../core/index.ts'
import { stateLicenses } from '../licenses.ts'
import type { DocumentStamp, ImageContents, SbomProperty } from '../ports.ts'
import { packageProperties } from '../properties.ts'
import { compareText, type NamedPackage, nameRefs } from '../refs.ts'
import { TRIVY_PREFIX } from '../stated-package.ts'

/** 1.5 is written as tools of its time read it: the tool in a list, npm's scope in the name. */
export type CycloneDxVersion = '1.5' | '1.6' | '1.7'

/**
 * The CycloneDX document of an image (ECMA-424): the image as root, its operating system, its packages; which contains which
 * stands in `dependencies`, as Trivy writes it. The same image and stamp give the same document.
 */
export function writeCycloneDx(
  contents: ImageContents,
  stamp: DocumentStamp,
  specVersion: CycloneDxVersion = '1.6',
): object {
  const { subject, os } = contents
  const root = subject.purl ?? `image:${subject.name}`
  const osRef = os === null ? null : `operating-system:${os.family}@${os.release}`
  const named = nameRefs(contents.packages)
  return {
    $schema: `http://cyclonedx.org/schema/bom-${specVersion}.schema.json`,
    bomFormat: 'CycloneDX',
    specVersion,
    serialNumber: `urn:uuid:${stamp.serial}`,
    version: 1,
    metadata: {
      timestamp: new Date(stamp.time).toISOString(),
      tools: toolsOf(stamp, specVersion),
      component: {
        'bom-ref': root,
        type: 'container',
        name: subject.name,
        ...(subject.purl === null ? {} : { purl: subject.purl }),
        properties: propertyList(contents.properties),
      },
    },
    components: [
      ...(os === null || osRef === null ? [] : [osComponent(contents, osRef)]),
      ...named.map((each) => component(each, specVersion)),
    ],
    dependencies: dependenciesOf(root, osRef, named),
  }
}

function toolsOf({ tool }: DocumentStamp, specVersion: CycloneDxVersion): object {
  if (specVersion === '1.5') return [{ vendor: 'Portolan', name: 'portolan', version: tool }]
  return { components: [{ type: 'application', name: 'portolan', version: tool }] }
}

function osComponent({ os, osProperties }: ImageContents, ref: string): object {
  return {
    'bom-ref': ref,
    type: 'operating-system',
    name: os?.family ?? '',
    version: os?.release ?? '',
    properties: propertyList([
      { name: 'Class', value: 'os-pkgs' },
      { name: 'Type', value: os?.family ?? '' },
      ...osProperties,
    ]),
  }
}

function component({ ref, item }: NamedPackage, specVersion: CycloneDxVersion): object {
  const licenses = licenseList(item.licenses)
  return {
    'bom-ref': ref,
    type: 'library',
    ...nameFields(item.name, item.purl, specVersion),
    version: item.version,
    ...(licenses === undefined ? {} : { licenses }),
    purl: item.purl,
    properties: propertyList(packageProperties(item)),
  }
}

/** Maven's group id and npm's scope stand in `group`, as Trivy has them. */
function nameFields(name: string, purl: string, version: CycloneDxVersion): { group?: string; name: string } {
  const isScoped = purl.startsWith('pkg:npm/') && version !== '1.5'
  const between = purl.startsWith('pkg:maven/') ? ':' : isScoped ? '/' : null
  const at = between === null ? -1 : name.lastIndexOf(between)
  if (at <= 0 || !parsePackageUrl(purl)?.namespace) return { name }
  return { group: name.slice(0, at), name: name.slice(at + 1) }
}

function licenseList(licenses: readonly string[]): object[] | undefined {
  const { each, expression } = stateLicenses(licenses)
  if (each.length === 0) return undefined
  if (expression !== null && each.some(({ kind }) => kind === 'expression')) return [{ expression }]
  return each.map(({ text, kind }) => ({ license: kind === 'id' ? { id: text } : { name: text } }))
}

/** Names with a `:` have their own namespace; the others are Trivy's. */
function propertyList(properties: readonly SbomProperty[]): object[] {
  return properties
    .map(({ name, value }) => ({
      name: name.startsWith('portolan:') ? name : `${TRIVY_PREFIX}${name}`,
      value,
    }))
    .sort((left, right) => compareText(left.name, right.name) || compareText(left.value, right.value))
}

function dependenciesOf(root: string, osRef: string | null, named: readonly NamedPackage[]): object[] {
  const inOs = osRef === null ? [] : named.filter(({ item }) => item.scope === 'os')
  const inRoot = named.filter(({ item }) => osRef === null || item.scope === 'language')
  const refs = (list: readonly NamedPackage[]): string[] => list.map(({ ref }) => ref)
  return [
    { ref: root, dependsOn: [...(osRef === null ? [] : [osRef]), ...refs(inRoot)] },
    ...(osRef === null ? [] : [{ ref: osRef, dependsOn: refs(inOs) }]),
    ...named.map(({ ref }) => ({ ref, dependsOn: [] })),
  ]
}
