import type { ImageEngine } from '../../engines/index.ts'
import type { ImageSource, PlatformImage } from '../../images/index.ts'
import { type Inventory, subjectKey } from '../../inventory/index.ts'
import { type SavedInventory, saveInventory } from '../../inventory/sql.ts'
import { type OpenMatcher, recountSets, saveEngineVerdicts } from '../../matching/sql.ts'
import type { Database } from '../../platform/db/index.ts'

export interface EngineScanStep {
  readonly db: Database
  readonly engine: ImageEngine
  /** Our own vulnerability data, for what is said of a vulnerability itself; undefined: there is none. */
  readonly open: OpenMatcher | undefined
  readonly orgId: string
  readonly source: ImageSource
  readonly image: PlatformImage
  readonly signal: AbortSignal
}

/** Lets another engine scan, and keeps what it says: as the organisation's own, beside what the built-in engine says. */
export async function scanWithEngine(step: EngineScanStep): Promise<SavedInventory> {
  const { db, engine, orgId, source, image, signal } = step
  const { inventory, verdicts, facts } = await engine.scan({ source, image, owner: orgId, signal })
  const updatedAt = facts.databaseUpdatedAt
  const databaseUpdatedAt = updatedAt === null ? null : new Date(updatedAt).toISOString()
  const saved = await saveInventory(db, {
    manifest: image.manifest.digest,
    indexerKey: engine.id,
    inventory,
    by: { orgId, engine: engine.id, version: facts.version, databaseUpdatedAt },
  })
  const matches = new Map([...verdicts].map(([key, said]) => [key, said.map(({ match }) => match)]))
  await saveEngineVerdicts(db, step.open, { engine: engine.id, subjects: subjectsOf(inventory), matches })
  await recountSets(db, saved.setIds)
  return saved
}

function subjectsOf({ sets }: Inventory): string[] {
  return sets.flatMap(({ entries }) =>
    entries.flatMap(({ package: { subject } }) => (subject === null ? [] : [subjectKey(subject)])),
  )
}
