import { digestOfBytes, isAppError } from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import { createVexOverlay, readVex, type VexDocument, type VexOverlay } from '../vex/index.ts'
import { findStoredPlatforms, renamedVulnerabilities } from './images/store.ts'
import type { DocumentService, DocumentTools } from './ports.ts'
import { contentsOf, statementsOn } from './uploads/store.ts'

type Db = ReturnType<Database['lane']>

/** Bytes of documents that are held read. */
const MOST_HELD = 32 * 1024 * 1024

/**
 * Statements over images, by four statements of SQL however many images there are. A row's content never changes: each document is
 * read once, as long as it is held.
 */
export function createOverlays(db: Db, tools: Pick<DocumentTools, 'purls'>): DocumentService['overlays'] {
  const read = createReader(db)
  return async (orgId, imageIds) => {
    const statements = await statementsOn(db, orgId, imageIds)
    if (statements.length === 0) return new Map()
    const documents = await underNewNames(db, await read(statements.map(({ id }) => id)))
    const byImage = Map.groupBy(statements, (row) => row.image_id)
    const overlays = new Map<number, Map<number, VexOverlay>>()
    for (const row of await findStoredPlatforms(db, orgId, [...byImage.keys()])) {
      const [digest, manifestDigest] = [digestOfBytes(row.digest), digestOfBytes(row.manifest_digest)]
      const sources = (byImage.get(row.id) ?? []).flatMap(({ id, name, manifest_digest: attachedTo }) => {
        const document = documents.get(id)
        const isOfOther = attachedTo !== null && digestOfBytes(attachedTo) !== manifestDigest
        return document === undefined || isOfOther ? [] : [{ document, source: name }]
      })
      const purls = tools.purls({ ...row, digest, manifestDigest })
      const ofImage = overlays.get(row.id) ?? new Map<number, VexOverlay>()
      overlays.set(row.id, ofImage.set(row.inventory_id, createVexOverlay(sources, { purls, sbom: null })))
    }
    return overlays
  }
}

/** A statement on a vulnerability goes on to hold when that is known by another id: a GHSA that got its CVE. */
async function underNewNames(
  db: Db,
  documents: ReadonlyMap<string, VexDocument>,
): Promise<ReadonlyMap<string, VexDocument>> {
  const stated = new Set<string>()
  for (const { statements } of documents.values())
    for (const { vulnerabilities } of statements) for (const each of vulnerabilities) stated.add(each)
  const renamed = new Map(
    (await renamedVulnerabilities(db, [...stated])).map(({ former, now }) => [former, now]),
  )
  if (renamed.size === 0) return documents
  return new Map(Array.from(documents, ([id, document]) => [id, withNames(document, renamed)]))
}

/** Made again only when the new names are others: what is made of a document is kept by it. */
const renamedDocuments = new WeakMap<
  VexDocument,
  { readonly names: string; readonly document: VexDocument }
>()

function withNames(document: VexDocument, renamed: ReadonlyMap<string, string>): VexDocument {
  const namesOf = ({ vulnerabilities }: VexDocument['statements'][number]): string[] =>
    vulnerabilities.flatMap((each) => renamed.get(each) ?? [])
  const names = JSON.stringify(document.statements.map(namesOf))
  const known = renamedDocuments.get(document)
  if (known?.names === names) return known.document
  const statements = document.statements.map((statement) => {
    const added = namesOf(statement)
    return added.length === 0
      ? statement
      : { ...statement, vulnerabilities: [...statement.vulnerabilities, ...added] }
  })
  const made = { ...document, statements }
  renamedDocuments.set(document, { names, document: made })
  return made
}

/** The documents that were asked for last stay. */
function createReader(db: Db): (ids: readonly string[]) => Promise<ReadonlyMap<string, VexDocument>> {
  const held = new Map<string, { readonly document: VexDocument; readonly bytes: number }>()
  let bytes = 0
  return async (ids) => {
    const found = new Map<string, VexDocument>()
    for (const id of ids) {
      const known = held.get(id)
      if (known === undefined) continue
      held.delete(id)
      held.set(id, known)
      found.set(id, known.document)
    }
    const missing = ids.filter((id) => !found.has(id))
    const rows = missing.length === 0 ? [] : await contentsOf(db, missing)
    for (const { id, content } of rows) {
      const document = readOrNothing(content)
      found.set(id, document)
      if (!held.has(id)) bytes += content.length
      held.set(id, { document, bytes: content.length })
    }
    for (const [id, each] of held) {
      if (bytes <= MOST_HELD) break
      held.delete(id)
      bytes -= each.bytes
    }
    return found
  }
}

/** A document that an earlier version took and this one refuses states nothing: it must not keep all images from being listed. */
function readOrNothing(content: Uint8Array): VexDocument {
  try {
    return readVex(content)
  } catch (error) {
    if (!isAppError(error)) throw error
    return { format: 'openvex', id: '', author: '', statements: [] }
  }
}
