import type { AppError } from '../core/index.ts'
import type { DiscoverJob } from './job.ts'
import { type Gate, lookInto } from './look.ts'
import {
  type ArrangementState,
  arrangementState,
  dropUntagged,
  endLooks,
  saveArrangement,
  setOthersOutdated,
} from './looks/store.ts'
import { chooseEngine, choosePlatforms, platformNames } from './platforms/store.ts'
import { type Ranking, rankTags } from './ranking.ts'
import { locked } from './record.ts'
import {
  arrange,
  chosenPlatforms,
  type ConnectionPolicy,
  engineOf,
  toSelection,
  wantedTags,
} from './selection.ts'
import type { RepositoryRow } from './store.ts'
import { policiesOf, type PolicyRow } from './tags/store.ts'

/** Rows of one statement where a repository has many. */
const CHUNK = 2_000
/** How often tags may change while they are ranked, before the next run takes it up. */
const ATTEMPTS = 3

/**
 * Looks into what the selection needs, then decides lifecycle, selection, platforms and engine of a repository's images from what is
 * recorded: after tags changed, or a policy.
 *
 * @param gate null: the registry lets nobody look now; what can be decided without is
 * @returns whether nothing is left to be looked into
 * @throws AppError of the registry when going on is of no use
 */
export async function arrangeRepository(
  job: DiscoverJob,
  repository: RepositoryRow,
  gate: Gate | null,
): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const state = await arrangementState(job.db.lane('bulk'), repository.id)
    const policies = (await policiesOf(job.db.lane('bulk'), repository.id)).map(toPolicy)
    const wanted = wantedTags(repository.path, policies)
    const { ranking, failure } =
      gate === null || wanted === 0
        ? { ranking: await rankTags(job.db, repository.id, wanted + 1), failure: null }
        : await lookInto(job, repository, wanted, gate)
    const isLookedInto = (gate !== null && failure === null) || wanted === 0
    const tagsChanged = state.lastFor?.startsWith(`${state.changes} `) !== true
    if (tagsChanged) await dropUntaggedImages(job, repository)
    const arranged = { state, policies, ranking, wanted, isLookedInto, failure }
    if (await settle(job, repository, arranged)) return isLookedInto
  }
  return false
}

async function dropUntaggedImages(job: DiscoverJob, repository: RepositoryRow): Promise<void> {
  const now = new Date(job.clock.now())
  for (let after: Uint8Array | null = new Uint8Array(); after !== null; ) {
    const from: Uint8Array = after
    after = null
    await locked(job, repository.id, async (tx) => {
      after = await dropUntagged(tx, repository.id, now, from, CHUNK)
    })
  }
}

interface Arranged {
  readonly state: ArrangementState
  readonly policies: readonly ConnectionPolicy[]
  readonly ranking: Ranking
  readonly wanted: number
  readonly isLookedInto: boolean
  readonly failure: AppError | null
}

/** @returns false when tags changed meanwhile, so that nothing was decided */
async function settle(
  job: DiscoverJob,
  repository: RepositoryRow,
  { state, policies, ranking, wanted, isLookedInto, failure }: Arranged,
): Promise<boolean> {
  const { id, path } = repository
  const arrangement = arrange(ranking, wanted)
  let isCurrent = true
  await locked(job, id, async (tx) => {
    isCurrent = (await arrangementState(tx, id)).changes === state.changes
    if (!isCurrent) return
    await saveArrangement(tx, id, arrangement)
    await choosePlatforms(tx, id, chosenPlatforms(path, policies, await platformNames(tx, id)))
    await chooseEngine(tx, job.orgId, id, engineOf(path, policies))
    await endLooks(tx, {
      connectionId: job.connectionId,
      repositoryId: id,
      arrangedFor: state.arrangedFor,
      due: !isLookedInto,
      failure: failure?.publicMessage ?? null,
    })
  })
  if (!isCurrent || !ranking.dated) return isCurrent
  for (let after: number | null = 0; after !== null; ) {
    const from: number = after
    after = null
    await locked(job, id, async (tx) => {
      after = await setOthersOutdated(tx, id, arrangement.pending, from, CHUNK)
    })
  }
  return true
}

function toPolicy({ selection, engine }: PolicyRow): ConnectionPolicy {
  return { ...toSelection(selection), engine }
}
