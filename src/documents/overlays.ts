import { digestOfBytes } from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import { createVexOverlay, readVex, type VexDocument, type VexOverlay } from '../vex/index.ts'
import { findStoredImages } from './images/store.ts'
import type { DocumentService, DocumentTools } from './ports.ts'
import { contentsOf, statementsOn } from './uploads/store.ts'

type Db = ReturnType<Database['lane']>

/** Bytes of documents that are held read. */
const MOST_HELD = 32 * 1024 * 1024

/**
 * Statements over images, by three statements of SQL however many images there are. A row's content never changes: each document is
 * read once, as long as it is held.
 */
export function createOverlays(db: Db, tools: Pick<DocumentTools, 'purls'>): DocumentService['overlays'] {
  const read = createReader(db)
  return async (orgId, imageIds) => {
    const statements = await statementsOn(db, orgId, imageIds)
    if (statements.length === 0) return new Map()
    const documents = await read(statements.map(({ id }) => id))
    const byImage = Map.groupBy(statements, (row) => row.image_id)
    const overlays = new Map<number, VexOverlay>()
    for (const row of await findStoredImages(db, orgId, [...byImage.keys()])) {
      const sources = (byImage.get(row.id) ?? []).flatMap(({ id, name }) => {
        const document = documents.get(id)
        return document === undefined ? [] : [{ document, source: name }]
      })
      const [digest, manifestDigest] = [digestOfBytes(row.digest), digestOfBytes(row.manifest_digest)]
      const purls = tools.purls({ ...row, digest, manifestDigest })
      overlays.set(row.id, createVexOverlay(sources, { purls, sbom: null }))
    }
    return overlays
  }
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
      const document = readVex(content)
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
