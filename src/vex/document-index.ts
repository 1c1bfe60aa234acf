import { hasVersion, keysOf, NameIndex, type Names } from './name-index.ts'
import type { VexDocument, VexProduct, VexStatement } from './ports.ts'

/** The statements of one document on one vulnerability. */
export class StatementIndex {
  readonly #statements: readonly VexStatement[]
  #positions: ReadonlyMap<string, readonly number[]> | undefined

  constructor(statements: readonly VexStatement[]) {
    this.#statements = statements
  }

  /** Those that may name this, the latest first. */
  *latestOf(names: Names): Generator<VexStatement> {
    for (const position of this.#positionsOf(names)) {
      const statement = this.#statements[position]
      if (statement !== undefined) yield statement
    }
  }

  #positionsOf(names: Names): readonly number[] {
    if (this.#statements.length === 1) return [0]
    this.#positions ??= positionsByName(this.#statements)
    const found = new Set<number>()
    for (const key of keysOf(names)) for (const each of this.#positions.get(key) ?? []) found.add(each)
    return [...found].sort((left, right) => right - left)
  }
}

function positionsByName(statements: readonly VexStatement[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>()
  for (const [position, { products }] of statements.entries()) {
    for (const key of productsByName(products).keys()) {
      const list = found.get(key)
      if (list === undefined) found.set(key, [position])
      else list.push(position)
    }
  }
  return found
}

/** Of documents that lie over several images. */
const documents = new WeakMap<VexDocument, ReadonlyMap<string, StatementIndex>>()

/** The document's statements by each id of their vulnerability; made once for a document. */
export function indexOf(document: VexDocument): ReadonlyMap<string, StatementIndex> {
  const known = documents.get(document) ?? byVulnerability(document.statements)
  documents.set(document, known)
  return known
}

function byVulnerability(statements: readonly VexStatement[]): ReadonlyMap<string, StatementIndex> {
  const found = new Map<string, VexStatement[]>()
  for (const statement of statements) {
    for (const id of new Set(statement.vulnerabilities)) {
      const list = found.get(id)
      if (list === undefined) found.set(id, [statement])
      else list.push(statement)
    }
  }
  return new Map(Array.from(found, ([id, list]) => [id, new StatementIndex(list)]))
}

/** The products of a statement that are what these names call, in one of the versions that the statement is on. */
export function* productsNamed({ products }: VexStatement, names: Names): Generator<VexProduct> {
  for (const product of productsByName(products).of(names)) {
    if (product.versions === undefined || hasVersion(names, product.versions)) yield product
  }
}

/** By the list, which a statement keeps under whatever new names its vulnerability gets. */
const productIndexes = new WeakMap<VexStatement['products'], NameIndex<VexProduct>>()

/** A statement's products by their names; made once for a list. */
function productsByName(products: VexStatement['products']): NameIndex<VexProduct> {
  const known = productIndexes.get(products)
  if (known !== undefined) return known
  const index = new NameIndex<VexProduct>()
  for (const product of products) for (const id of product.ids) index.add(id, product)
  productIndexes.set(products, index)
  return index
}

const partIndexes = new WeakMap<VexProduct['parts'], NameIndex<true>>()

/** A product's parts by their names; made once for a list, which many products may share. */
export function partsByName(parts: VexProduct['parts']): NameIndex<true> {
  const known = partIndexes.get(parts)
  if (known !== undefined) return known
  const index = new NameIndex<true>()
  for (const part of parts) for (const id of part) index.add(id, true)
  partIndexes.set(parts, index)
  return index
}
