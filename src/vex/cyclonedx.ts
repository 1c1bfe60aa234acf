import { isObject, type Json, objectsOf, textOf, textsOf, timeOf } from './json.ts'
import { oldestFirst } from './order.ts'
import type { VexDocument, VexProduct, VexStatement, VexStatus } from './ports.ts'

/**
 * The vulnerabilities of a CycloneDX document as statements (CycloneDX 1.4 and on, `vulnerabilities[].analysis`). What is affected is
 * named by BOM-Link, by package URL, or by reference to a component of the same document that has one.
 */
export function readCycloneDxVex(json: Json): VexDocument {
  const purls = purlsByRef(json)
  const metadata = isObject(json['metadata']) ? json['metadata'] : {}
  const documentTime = timeOf(metadata['timestamp'])
  return {
    format: 'cyclonedx',
    id: textOf(json['serialNumber'], 200),
    author: authorOf(metadata),
    statements: oldestFirst(
      objectsOf(json['vulnerabilities']).flatMap((each) => statementOf(each, purls, documentTime)),
    ),
  }
}

function authorOf(metadata: Json): string {
  const authors = objectsOf(metadata['authors']).map(({ name }) => textOf(name, 300))
  const supplier = isObject(metadata['supplier']) ? textOf(metadata['supplier']['name'], 300) : ''
  return authors.find((name) => name !== '') ?? supplier
}

function statementOf(value: Json, purls: ReadonlyMap<string, string>, time: number | null): VexStatement[] {
  const analysis = isObject(value['analysis']) ? value['analysis'] : {}
  const status = states.get(textOf(analysis['state'], 50))
  const id = textOf(value['id'], 200)
  if (status === undefined || id === '') return []
  const aliases = objectsOf(value['references']).map((reference) => textOf(reference['id'], 200))
  const products = objectsOf(value['affects']).flatMap(({ ref, versions }): VexProduct[] => {
    const text = textOf(ref)
    const purl = purls.get(text)
    const stated = objectsOf(versions).length > 0 ? { versions: unaffected(objectsOf(versions)) } : {}
    return text === '' ? [] : [{ ids: purl === undefined ? [text] : [text, purl], parts: [], ...stated }]
  })
  return [
    {
      vulnerabilities: [id, ...aliases.filter((alias) => alias !== '')],
      products,
      status,
      justification: textOf(analysis['justification'], 100),
      impact: textOf(analysis['detail']) || textsOf(analysis['response']).join(', '),
      time: timeOf(value['updated']) ?? time,
    },
  ]
}

/**
 * The versions that `affects[].versions` clears: those that an entry with the status `unaffected` names exactly and no other entry as
 * affected, which is the status of an entry without one (CycloneDX 1.4, `affectedStatus`). Ranges clear nothing: none is read.
 */
function unaffected(entries: readonly Json[]): string[] {
  const named = (isWanted: (status: string) => boolean): string[] =>
    entries
      .filter(({ status }) => isWanted(textOf(status, 20)))
      .map(({ version }) => textOf(version))
      .filter((version) => version !== '')
  const others = new Set(named((status) => status !== 'unaffected'))
  return named((status) => status === 'unaffected').filter((version) => !others.has(version))
}

/** Trivy's reading of the states (pkg/vex/cyclonedx.go, cdxStatus). */
const states = new Map<string, VexStatus>([
  ['resolved', 'fixed'],
  ['resolved_with_pedigree', 'fixed'],
  ['exploitable', 'affected'],
  ['in_triage', 'under_investigation'],
  ['false_positive', 'not_affected'],
  ['not_affected', 'not_affected'],
])

function purlsByRef(json: Json): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const metadata = isObject(json['metadata']) ? json['metadata']['component'] : undefined
  const waiting = [...objectsOf(json['components']), ...(isObject(metadata) ? [metadata] : [])]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [ref, purl] = [textOf(next['bom-ref']), textOf(next['purl'])]
    if (ref !== '' && purl !== '') found.set(ref, purl)
    for (const inner of objectsOf(next['components'])) waiting.push(inner)
  }
  return found
}
