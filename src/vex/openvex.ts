import { isObject, type Json, objectsOf, textOf, textsOf, timeOf } from './json.ts'
import { oldestFirst } from './order.ts'
import type { VexDocument, VexProduct, VexStatement, VexStatus } from './ports.ts'

/** OpenVEX 0.0.1 to 0.2.0 (openvex/spec, OPENVEX-SPEC.md). Statements of other statuses are passed over. */
export function readOpenVex(json: Json): VexDocument {
  const documentTime = timeOf(json['timestamp'])
  const statements = objectsOf(json['statements']).flatMap((each) => statementOf(each, documentTime))
  return {
    format: 'openvex',
    id: textOf(json['@id']),
    author: textOf(json['author'], 300),
    statements: oldestFirst(statements),
  }
}

function statementOf(value: Json, documentTime: number | null): VexStatement[] {
  const status = statuses.get(textOf(value['status'], 50))
  const vulnerabilities = idsOfVulnerability(value['vulnerability'])
  if (status === undefined || vulnerabilities.length === 0) return []
  // Before 0.2.0, the parts stand beside the products.
  const shared = textsOf(value['subcomponents']).map((id) => [id])
  return [
    {
      vulnerabilities,
      products: productsOf(value['products'], shared),
      status,
      justification: textOf(value['justification'], 100),
      impact: textOf(value['impact_statement']),
      time: timeOf(value['timestamp']) ?? documentTime,
    },
  ]
}

const statuses = new Map<string, VexStatus>([
  ['not_affected', 'not_affected'],
  ['affected', 'affected'],
  ['fixed', 'fixed'],
  ['under_investigation', 'under_investigation'],
])

function idsOfVulnerability(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value.slice(0, 200)]
  if (!isObject(value)) return []
  return [textOf(value['name'], 200), textOf(value['@id'], 500), ...textsOf(value['aliases'])].filter(
    (id) => id !== '',
  )
}

function productsOf(value: unknown, shared: readonly (readonly string[])[]): VexProduct[] {
  const named = textsOf(value).map((id): VexProduct => ({ ids: [id], parts: shared }))
  const described = objectsOf(value).map((product): VexProduct => {
    const parts = objectsOf(product['subcomponents']).map(idsOfComponent)
    return { ids: idsOfComponent(product), parts: parts.length > 0 ? parts : shared }
  })
  return [...named, ...described]
}

function idsOfComponent(component: Json): string[] {
  const identifiers = isObject(component['identifiers']) ? Object.values(component['identifiers']) : []
  return [textOf(component['@id']), ...textsOf(identifiers)].filter((id) => id !== '')
}
