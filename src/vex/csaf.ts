import { isObject, type Json, objectsOf, textOf, textsOf, timeOf } from './json.ts'
import type { VexDocument, VexProduct, VexStatement, VexStatus } from './ports.ts'

/** CSAF 2.0, profile VEX (OASIS): what is known not to be affected, fixed, affected, looked into. Products count that have a purl. */
export function readCsaf(json: Json): VexDocument {
  const document = isObject(json['document']) ? json['document'] : {}
  const tracking = isObject(document['tracking']) ? document['tracking'] : {}
  const publisher = isObject(document['publisher']) ? document['publisher'] : {}
  const products = productsById(isObject(json['product_tree']) ? json['product_tree'] : {})
  const time = timeOf(tracking['current_release_date'])
  return {
    format: 'csaf',
    id: textOf(tracking['id'], 200),
    author: textOf(publisher['name'], 300),
    statements: objectsOf(json['vulnerabilities']).flatMap((each) => statementsOf(each, products, time)),
  }
}

/** Those that take findings away come last: they hold, as in Trivy. */
const lists: readonly (readonly [string, VexStatus])[] = [
  ['under_investigation', 'under_investigation'],
  ['known_affected', 'affected'],
  ['fixed', 'fixed'],
  ['known_not_affected', 'not_affected'],
]

function statementsOf(
  value: Json,
  products: ReadonlyMap<string, readonly VexProduct[]>,
  time: number | null,
): VexStatement[] {
  const id = textOf(value['cve'], 200)
  const status = isObject(value['product_status']) ? value['product_status'] : {}
  if (id === '') return []
  const impact = objectsOf(value['threats']).find(({ category }) => category === 'impact')
  const flag = objectsOf(value['flags']).find(({ label }) => typeof label === 'string')
  return lists.flatMap(([list, word]) => {
    const named = textsOf(status[list]).flatMap((product) => products.get(product) ?? [])
    const common = { vulnerabilities: [id], impact: textOf(impact?.['details']), time }
    if (named.length === 0) return []
    return [{ ...common, products: named, status: word, justification: textOf(flag?.['label'], 100) }]
  })
}

/** Products by id: those of the tree, and those that a relationship makes of two: the part within the whole. */
function productsById(tree: Json): Map<string, VexProduct[]> {
  const purls = purlsById(tree)
  const products = new Map<string, VexProduct[]>()
  for (const [id, ids] of purls) products.set(id, [{ ids, parts: [] }])
  for (const relationship of objectsOf(tree['relationships'])) {
    const full = relationship['full_product_name']
    const id = isObject(full) ? textOf(full['product_id']) : ''
    const whole = purls.get(textOf(relationship['relates_to_product_reference']))
    const part = purls.get(textOf(relationship['product_reference']))
    if (id === '' || whole === undefined || part === undefined) continue
    products.set(id, [...(products.get(id) ?? []), { ids: whole, parts: [part] }])
  }
  return products
}

function purlsById(tree: Json): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const keep = (product: unknown): void => {
    if (!isObject(product)) return
    const helper = product['product_identification_helper']
    const purl = isObject(helper) ? textOf(helper['purl']) : ''
    const id = textOf(product['product_id'])
    if (purl !== '' && id !== '') found.set(id, [...(found.get(id) ?? []), purl])
  }
  for (const name of objectsOf(tree['full_product_names'])) keep(name)
  const waiting = objectsOf(tree['branches'])
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    keep(next['product'])
    for (const inner of objectsOf(next['branches'])) waiting.push(inner)
  }
  return found
}
