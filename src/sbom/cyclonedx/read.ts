import { isObject, type Json, objectsOf, textOf } from '../json.ts'
import { sbomError } from '../errors.ts'
import { SBOM_LIMITS } from '../limits.ts'
import type { SbomDocument, SbomPackage, SbomProperty, SbomSubject } from '../ports.ts'
import { leftOut, toPackage, TRIVY_PREFIX } from '../stated-package.ts'

/**
 * A CycloneDX document, 1.2 to 1.7 (ECMA-424). Components count wherever they are nested. What is no package is passed over:
 * a component without a purl, unless it is the operating system.
 * @throws AppError `sbom-too-large` (invalid)
 */
export function readCycloneDx(json: Json): SbomDocument {
  const components = allComponents(json['components'])
  const os = components.find(({ type }) => type === 'operating-system')
  const packages: SbomPackage[] = []
  let unnamed = 0
  for (const component of components) {
    if (component === os) continue
    const found = packageOf(component)
    if (found !== undefined) packages.push(found)
    else if (component['type'] === 'library' || component['type'] === 'framework') unnamed += 1
  }
  const notes = unnamed === 0 ? [] : [leftOut(unnamed, 'library', 'libraries')]
  const version = json['version']
  return {
    format: 'cyclonedx',
    specVersion: textOf(json['specVersion'], 10),
    id: textOf(json['serialNumber'], 200) || null,
    version: typeof version === 'number' ? version : 1,
    subject: subjectOf(json['metadata']),
    os: os === undefined ? null : { family: textOf(os['name'], 100), release: textOf(os['version'], 100) },
    osProperties: os === undefined ? [] : propertiesOf(os),
    packages,
    notes,
  }
}

/** Depth first, in the document's order, without recursion: nesting has no limit but the document's size. */
function allComponents(list: unknown): Json[] {
  const found: Json[] = []
  const waiting = objectsOf(list).toReversed()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.push(next) > SBOM_LIMITS.components) {
      throw sbomError('sbom-too-large', `The SBOM has more than ${SBOM_LIMITS.components} components.`)
    }
    for (const inner of objectsOf(next['components']).toReversed()) waiting.push(inner)
  }
  return found
}

function packageOf(component: Json): SbomPackage | undefined {
  return toPackage({
    ref: textOf(component['bom-ref']),
    purl: textOf(component['purl'], 5000),
    group: textOf(component['group']),
    name: textOf(component['name']),
    version: textOf(component['version']),
    licenses: licensesOf(component['licenses']),
    properties: propertiesOf(component),
    path: null,
    source: null,
  })
}

function licensesOf(list: unknown): string[] {
  return objectsOf(list)
    .slice(0, SBOM_LIMITS.details)
    .flatMap(({ license, expression }) => {
      const { name, id } = isObject(license) ? license : {}
      const text = textOf(name) || textOf(id) || textOf(expression)
      return text === '' ? [] : [text]
    })
}

function propertiesOf(component: Json): SbomProperty[] {
  return objectsOf(component['properties'])
    .slice(0, SBOM_LIMITS.details)
    .map(({ name, value }) => {
      const full = textOf(name)
      return {
        name: full.startsWith(TRIVY_PREFIX) ? full.slice(TRIVY_PREFIX.length) : full,
        value: textOf(value),
      }
    })
}

function subjectOf(metadata: unknown): SbomSubject | null {
  const component = isObject(metadata) ? metadata['component'] : undefined
  if (!isObject(component)) return null
  const digests = propertiesOf(component).flatMap(({ name, value }) => {
    if (name === 'ImageID') return [value]
    return name === 'RepoDigest' ? value.split(',').map((each) => each.slice(each.lastIndexOf('@') + 1)) : []
  })
  const version = textOf(component['version'])
  return {
    name: textOf(component['name']),
    purl: textOf(component['purl']) || null,
    digests: [...new Set([...digests, version])].filter((text) => /^sha256:[0-9a-f]{64}$/.test(text)),
  }
}
