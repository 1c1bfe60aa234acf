import { isObject, type Json, objectsOf, textOf, textsOf, timeOf } from './json.ts'
import { tooManyProducts, VEX_LIMITS } from './limits.ts'
import type { VexDocument, VexProduct, VexStatement, VexStatus } from './ports.ts'

/** CSAF 2.0, profile VEX (OASIS): what is known not to be affected, fixed, affected, looked into. Products count that have a purl. */
export function readCsaf(json: Json): VexDocument {
  const document = isObject(json['document']) ? json['document'] : {}
  const tracking = isObject(document['tracking']) ? document['tracking'] : {}
  const publisher = isObject(document['publisher']) ? document['publisher'] : {}
  const tree = isObject(json['product_tree']) ? json['product_tree'] : {}
  const context: Context = {
    products: productsById(tree),
    groups: groupsByProduct(tree),
    time: timeOf(tracking['current_release_date']),
    room: { left: VEX_LIMITS.pairs },
  }
  return {
    format: 'csaf',
    id: textOf(tracking['id'], 200),
    author: textOf(publisher['name'], 300),
    statements: objectsOf(json['vulnerabilities']).flatMap((each) => statementsOf(each, context)),
  }
}

interface Context {
  readonly products: ReadonlyMap<string, readonly VexProduct[]>
  /** Ids of the groups that a product is in. */
  readonly groups: ReadonlyMap<string, readonly string[]>
  readonly time: number | null
  /** How many products all statements may still name: an id may stand for many, and be named by each vulnerability. */
  readonly room: { left: number }
}

/** Those that take findings away come last: they hold, as in Trivy. */
const lists: readonly (readonly [string, VexStatus])[] = [
  ['under_investigation', 'under_investigation'],
  ['known_affected', 'affected'],
  ['fixed', 'fixed'],
  ['known_not_affected', 'not_affected'],
]

/** One for each status and reason: flags and threats are on some of the products (CSAF 2.0, 3.2.3.5 and 3.2.3.14). */
function statementsOf(value: Json, context: Context): VexStatement[] {
  const id = textOf(value['cve'], 200)
  const status = isObject(value['product_status']) ? value['product_status'] : {}
  if (id === '') return []
  const impacts = objectsOf(value['threats']).filter(({ category }) => category === 'impact')
  const justificationOf = saidOf(objectsOf(value['flags']), ({ label }) => textOf(label, 100), context)
  const impactOf = saidOf(impacts, ({ details }) => textOf(details), context)
  return lists.flatMap(([list, word]) => {
    const byReason = new Map<string, VexStatement & { readonly products: VexProduct[] }>()
    for (const product of new Set(textsOf(status[list]))) {
      const named = context.products.get(product) ?? []
      if (named.length === 0) continue
      takeRoom(context, named.length)
      const [justification, impact] = [justificationOf(product), impactOf(product)]
      const key = `${justification}\0${impact}`
      const common = { vulnerabilities: [id], status: word, time: context.time }
      const statement = byReason.get(key) ?? { ...common, justification, impact, products: [] }
      for (const each of named) statement.products.push(each)
      byReason.set(key, statement)
    }
    return [...byReason.values()]
  })
}

/** @throws AppError `vex-too-large` (invalid) */
function takeRoom({ room }: Context, products: number): void {
  room.left -= products
  if (room.left < 0) throw tooManyProducts()
}

/** What is said of a product: by name, of a group that it is in, or of all; the first of each counts. */
function saidOf(
  entries: readonly Json[],
  textIn: (entry: Json) => string,
  { groups }: Context,
): (product: string) => string {
  const [byProduct, byGroup] = [new Map<string, string>(), new Map<string, string>()]
  let general: string | undefined
  for (const entry of entries) {
    const text = textIn(entry)
    const [products, ofGroups] = [textsOf(entry['product_ids']), textsOf(entry['group_ids'])]
    if (text === '') continue
    if (products.length + ofGroups.length === 0) general ??= text
    for (const product of products) if (!byProduct.has(product)) byProduct.set(product, text)
    for (const group of ofGroups) if (!byGroup.has(group)) byGroup.set(group, text)
  }
  return (product) => {
    const group = byGroup.size === 0 ? undefined : groups.get(product)?.find((each) => byGroup.has(each))
    return byProduct.get(product) ?? byGroup.get(group ?? '') ?? general ?? ''
  }
}

function groupsByProduct(tree: Json): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const group of objectsOf(tree['product_groups'])) {
    const id = textOf(group['group_id'])
    if (id === '') continue
    for (const product of textsOf(group['product_ids'])) append(found, product, id)
  }
  return found
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
    append(products, id, { ids: whole, parts: [part] })
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
    if (purl !== '' && id !== '') append(found, id, purl)
  }
  for (const name of objectsOf(tree['full_product_names'])) keep(name)
  const waiting = objectsOf(tree['branches'])
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    keep(next['product'])
    for (const inner of objectsOf(next['branches'])) waiting.push(inner)
  }
  return found
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
