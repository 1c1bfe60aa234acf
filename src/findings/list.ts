import type { Database } from '../platform/db/index.ts'
import {
  type Candidate,
  countedCandidates,
  type FindingKey,
  type FindingRow,
  namedCandidates,
  oneCandidate,
  type PageOptions,
  pageByPlace,
  pageByVulnerability,
} from './lists/store.ts'

type Db = ReturnType<Database['lane']>

/** Vulnerabilities looked at in one statement where nobody knows how many findings each will give. */
const STEP = 60
/** After so many steps that did not fill a page, what is filtered for is rare: then the place is the better side. */
const STEPS = 3

/**
 * A page of findings, from the side that is smaller (docs/data-model.md): a repository's own postings; else the vulnerabilities
 * in order, of the organisation, of a package name, or one alone, until the page is full.
 */
export async function findingsPage(db: Db, options: PageOptions): Promise<FindingRow[]> {
  if (options.filters.repository !== undefined) return pageByPlace(db, options)
  if (options.filters.cve !== undefined && options.filters.package === undefined) {
    const candidates = await oneCandidate(db, options)
    return candidates.length === 0 ? [] : pageByVulnerability(db, options, candidates)
  }
  return byVulnerabilities(db, options)
}

async function byVulnerabilities(db: Db, options: PageOptions): Promise<FindingRow[]> {
  const rows: FindingRow[] = []
  let from: readonly [number, string] | undefined = options.after && [options.after[0], options.after[1]]
  let inclusive = true
  for (let step = 0; ; step += 1) {
    const missing = options.limit - rows.length
    const candidates = await nextCandidates(
      db,
      { ...options, limit: Math.max(missing, STEP) },
      from,
      inclusive,
    )
    if (candidates.length === 0) return rows
    const enough = enoughFor(missing, candidates, options.after)
    rows.push(...(await pageByVulnerability(db, { ...options, limit: missing }, enough)))
    const last = enough.at(-1)
    if (rows.length >= options.limit || last === undefined) return rows
    from = [last.rank, last.vulnerability]
    inclusive = false
    if (step + 1 >= STEPS && options.filters.connection !== undefined) {
      return pageByPlace(db, options)
    }
  }
}

function nextCandidates(
  db: Db,
  options: PageOptions,
  from: readonly [number, string] | undefined,
  inclusive: boolean,
): Promise<Candidate[]> {
  const next = options.filters.package === undefined ? countedCandidates : namedCandidates
  return next(db, options, from, inclusive)
}

/** As many candidates as their counted findings fill the page; the first may be used up in part by the pages before. */
function enoughFor(
  missing: number,
  candidates: readonly Candidate[],
  after: FindingKey | undefined,
): readonly Candidate[] {
  let sum = 0
  const cut = candidates.findIndex((candidate, index) => {
    const begun = index === 0 && candidate.vulnerability === after?.[1]
    sum += begun ? 0 : (candidate.findings ?? 0)
    return sum >= missing
  })
  return cut < 0 ? candidates : candidates.slice(0, cut + 1)
}
