import { digestOfBytes } from '../core/index.ts'
import type { ConnectorSource } from '../connections/index.ts'
import type { Database } from '../platform/db/index.ts'
import { nameAt } from '../registries/index.ts'
import { classify } from './classify.ts'
import { findUnknown, saveClassified } from './images/store.ts'
import { locked } from './record.ts'

export interface LookOptions {
  readonly db: Database
  readonly connectors: ConnectorSource
}

/** Looks into one image that the selection did not need: a person wants it scanned. Does nothing where that was done before. */
export async function lookIntoImage(
  { db, connectors }: LookOptions,
  wanted: { readonly orgId: string; readonly connectionId: string; readonly imageId: number },
  signal?: AbortSignal,
): Promise<void> {
  const { orgId, connectionId, imageId } = wanted
  const image = await findUnknown(db.lane('page'), orgId, imageId)
  if (image === undefined) return
  const connector = await connectors.openConnector(orgId, connectionId)
  try {
    const source = connector.source(nameAt(connector, image))
    const looked = { id: imageId, ...(await classify(source, digestOfBytes(image.digest), signal)) }
    await locked({ db, orgId }, image.repository_id, (tx) => saveClassified(tx, orgId, [looked]))
  } finally {
    await connector.close()
  }
}
