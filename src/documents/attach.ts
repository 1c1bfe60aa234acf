import { type Clock, digestBytes, digestOfBytes, newId, safeText } from '../core/index.ts'
import { type Database, inTransaction } from '../platform/db/index.ts'
import { compareContents } from '../sbom/index.ts'
import { imagesOfPlatform, keepAttached, noteAttached, tagsAmong } from './attached/store.ts'
import { inventoryPurls } from './images/store.ts'
import type { AttachedDocument, AttachedDocumentKeeper, Attachments, ComparisonView } from './ports.ts'

/** What verdicts name as their source, as people read it. */
const NAME = 'attached to the image'
const LISTED_PACKAGES = 50
const LONGEST_PURL = 300
const LONGEST_NOTE = 500

/** Documents that scans find attached to images. Nobody has verified who attached them. */
export function createAttachedDocumentKeeper(db: Database, clock: Clock): AttachedDocumentKeeper {
  const bulk = db.lane('bulk')
  return {
    async imagesOf(orgId, imageId, manifestDigest) {
      const rows = await imagesOfPlatform(bulk, orgId, imageId, digestBytes(manifestDigest))
      return rows.map(({ id, digest }) => ({ id, digest: digestOfBytes(digest) }))
    },
    knownTags: async (orgId, imageId, names) => new Set(await tagsAmong(bulk, orgId, imageId, names)),
    async attach(orgId, { imageId, manifestDigest, inventoryId, documents, notes }) {
      const place = { orgId, imageId, manifest: digestBytes(manifestDigest) }
      const compares = documents.some(({ kind }) => kind === 'sbom')
      const found = compares ? await inventoryPurls(bulk, inventoryId) : []
      const rows = documents.map((document) => ({
        id: newId(clock.now()),
        kind: document.kind,
        name: NAME,
        format: safeText(document.format, 40),
        entries: document.entries,
        digest: digestBytes(document.digest),
        seen_at: new Date(clock.now()),
        ...contentOf(document, found),
      }))
      await inTransaction(db, 'bulk', async (tx) => {
        await keepAttached(tx, place, rows)
        await noteAttached(tx, place, said(notes))
      })
    },
    async attachFailed(orgId, imageId, manifestDigest, note) {
      await noteAttached(bulk, { orgId, imageId, manifest: digestBytes(manifestDigest) }, said([note]))
    },
  }
}

function said(notes: Attachments['notes']): string[] {
  return notes.slice(0, LISTED_PACKAGES).map((note) => safeText(note, LONGEST_NOTE))
}

/** Of an SBOM only the comparison is kept: the registry has it, and findings never come from it. */
function contentOf(document: AttachedDocument, found: readonly string[]) {
  if (document.kind === 'vex') return { content: document.content, comparison: null }
  return { content: new Uint8Array(), comparison: compare(document.purls, found) }
}

function compare(named: readonly string[], found: readonly string[]): ComparisonView {
  const { common, onlyInSbom, onlyInImage } = compareContents(named, found)
  const first = (purls: readonly string[]): string[] =>
    purls.slice(0, LISTED_PACKAGES).map((purl) => safeText(purl, LONGEST_PURL))
  return {
    common,
    onlyInSbom: onlyInSbom.length,
    onlyInImage: onlyInImage.length,
    onlyInSbomPackages: first(onlyInSbom),
    onlyInImagePackages: first(onlyInImage),
  }
}
