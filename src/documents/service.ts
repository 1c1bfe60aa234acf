import {
  AppError,
  type Clock,
  decodeCursor,
  digestOfBytes,
  newId,
  NO_COUNTS,
  pageOf,
  safeText,
  totalText,
} from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import { readSbom, writeCycloneDx, writeSpdx } from '../sbom/index.ts'
import { readVex } from '../vex/index.ts'
import { createAttachedDocumentKeeper } from './attach.ts'
import { createOverlays } from './overlays.ts'
import type { DocumentService, DocumentTools, DocumentUpload, DocumentView } from './ports.ts'
import { readStoredImage } from './stored-image.ts'
import {
  contentOf,
  countDocuments,
  type DocumentRow,
  insertDocument,
  isAttached,
  listDocuments,
  removeDocument,
} from './uploads/store.ts'

export interface DocumentServiceOptions {
  readonly db: Database
  readonly clock: Clock
  readonly tools: DocumentTools
  /** Of Portolan, for documents that it writes. */
  readonly version: string
}

export function createDocumentService({
  db,
  clock,
  tools,
  version,
}: DocumentServiceOptions): DocumentService {
  const page = db.lane('page')
  const notUploaded = async (orgId: string, id: string): Promise<AppError> =>
    (await isAttached(page, orgId, id)) ? documentAttached() : documentNotFound()
  return {
    ...createAttachedDocumentKeeper(db, clock),
    overlays: createOverlays(page, tools),
    async upload(orgId, by, upload) {
      const row: DocumentRow = {
        id: newId(clock.now()),
        kind: upload.kind,
        name: upload.name,
        image_id: upload.imageId ?? null,
        ...describe(upload),
        uploaded_by: by,
        uploaded_at: new Date(clock.now()),
        source: 'upload',
        digest: null,
        manifest_digest: null,
        comparison: null,
      }
      const content = Buffer.from(upload.content)
      if (!(await insertDocument(page, orgId, { ...row, content }))) throw imageNotFound()
      return toView(row)
    },
    async list(orgId, query) {
      const before = decodeCursor(query.cursor, ['string'])?.[0]
      const rows = await listDocuments(page, orgId, query, before)
      return pageOf(
        rows.map(toView),
        query.limit,
        ({ id }) => [id],
        totalText(await countDocuments(page, orgId, query)),
      )
    },
    async remove(orgId, id) {
      if (!(await removeDocument(page, orgId, id))) throw await notUploaded(orgId, id)
    },
    async findings(orgId, id) {
      const content = await contentOf(page, orgId, 'sbom', id)
      if (content === undefined) throw await notUploaded(orgId, id)
      const nothing = { counts: NO_COUNTS, packages: 0, items: [], notes: [], asOf: null }
      return (await tools.scan(id, () => readSbom(content))) ?? nothing
    },
    async imageSbom(orgId, imageId, { format, manifest }) {
      const image = await readStoredImage(page, orgId, imageId, manifest)
      if (image === undefined) throw notScanned()
      const time = clock.now()
      const stamp = { serial: newId(time), time, tool: version }
      const contents = tools.contents(image)
      return format === 'cyclonedx' ? writeCycloneDx(contents, stamp) : writeSpdx(contents, stamp)
    },
  }
}

/** Reads it once: what cannot be read is not kept. */
function describe({ kind, content, imageId }: DocumentUpload): Pick<DocumentRow, 'format' | 'entries'> {
  const bytes = Buffer.from(content)
  if (kind === 'sbom') {
    const { format, specVersion, packages } = readSbom(bytes)
    return { format: safeText(`${format} ${specVersion}`, 40), entries: packages.length }
  }
  if (imageId === undefined) {
    throw new AppError({
      code: 'document-image-missing',
      kind: 'invalid',
      publicMessage: 'VEX statements are uploaded for an image, and none is named.',
      remedy: 'Upload them on the page of the image that they are about.',
    })
  }
  const { format, statements } = readVex(bytes)
  return { format, entries: statements.length }
}

function toView(row: DocumentRow): DocumentView {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    format: row.format,
    entries: row.entries,
    imageId: row.image_id,
    uploadedBy: row.uploaded_by,
    uploadedAt: row.uploaded_at.toISOString(),
    source: row.source,
    digest: row.digest === null ? null : digestOfBytes(row.digest),
    manifestDigest: row.manifest_digest === null ? null : digestOfBytes(row.manifest_digest),
    comparison: row.comparison,
  }
}

function documentNotFound(): AppError {
  return new AppError({
    code: 'document-not-found',
    kind: 'not-found',
    publicMessage: 'There is no such document.',
    remedy: 'It may have been deleted; look at the list of documents.',
  })
}

function documentAttached(): AppError {
  return new AppError({
    code: 'document-attached',
    kind: 'conflict',
    publicMessage: 'The document is attached to its image in the registry; it is not kept here.',
    remedy: 'Change it in the registry, then scan the image again; or download it there and upload it here.',
  })
}

function imageNotFound(): AppError {
  return new AppError({
    code: 'document-image-not-found',
    kind: 'not-found',
    publicMessage: 'There is no such image.',
    remedy: 'It may have been deleted in the registry; look at the list of images.',
  })
}

function notScanned(): AppError {
  return new AppError({
    code: 'image-not-scanned',
    kind: 'not-found',
    publicMessage: 'There is no such image or platform, or it was not scanned yet.',
    remedy: 'Scan the image, then ask again.',
  })
}
