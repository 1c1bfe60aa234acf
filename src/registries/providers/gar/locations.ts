import { type ArtifactRepository, byKey, type Survey, type SurveyMemo } from '../../google/index.ts'
import { mapBounded } from '../../index.ts'

/** Locations asked at once. */
const AT_ONCE = 12
/**
 * Google has some 45 locations, a project uses one or two, and no call lists across them: of those where nothing was, a listing of
 * what is new asks so many in turn. With a page of images that is under 5 % of listing 100,000 of them.
 */
const IN_TURN = 4
/** Of a memo; that of all of Google's locations has 1 kB. */
const LONGEST_MEMO = 16_384

/** Locations of a project, as its last listing left them. */
interface Known {
  readonly used: readonly string[]
  /** Where no Docker repository was; who waits longest for being asked comes first. */
  readonly empty: readonly string[]
}

interface Asking {
  readonly project: string
  readonly memo: SurveyMemo | undefined
  all(): Promise<readonly string[]>
  /** The Docker repositories of one location. */
  at(location: string): Promise<readonly ArtifactRepository[]>
}

/** Looks at every location; or, where a memo allows it, at those in use and a few others in turn. */
export async function surveyLocations({ project, memo, all, at }: Asking): Promise<Survey> {
  const before = memo === undefined ? undefined : readMemo(memo.text, project)
  const kept =
    memo?.mayLeaveOut === true && before !== undefined && before.used.length > 0 ? before : undefined
  const asked = kept === undefined ? await all() : [...kept.used, ...kept.empty.slice(0, IN_TURN)]
  const found = (await mapBounded(asked, AT_ONCE, at)).flat().toSorted(byKey)
  const inUse = new Set(found.map(({ location }) => location))
  const after = kept === undefined ? whole(asked, inUse, before) : inTurn(kept, inUse)
  return {
    repositories: found,
    isNew: ({ location }) => memo !== undefined && before?.used.includes(location) !== true,
    partial: kept !== undefined && kept.empty.length > IN_TURN,
    memo: writeMemo(project, after),
  }
}

/** Everything was asked: it goes on in turn where it stood, with what is new at Google first. */
function whole(all: readonly string[], inUse: ReadonlySet<string>, before: Known | undefined): Known {
  const turn = new Map(before?.empty.map((location, index) => [location, index]))
  const empty = all.filter((location) => !inUse.has(location))
  return {
    used: [...inUse],
    empty: empty.toSorted((one, other) => (turn.get(one) ?? -1) - (turn.get(other) ?? -1)),
  }
}

/** A location stays in use until everything is asked anew. */
function inTurn({ used, empty }: Known, inUse: ReadonlySet<string>): Known {
  const turned = [...empty.slice(IN_TURN), ...empty.slice(0, IN_TURN)]
  return {
    used: [...new Set([...used, ...inUse])],
    empty: turned.filter((location) => !inUse.has(location)),
  }
}

function writeMemo(project: string, { used, empty }: Known): string | undefined {
  const text = new URLSearchParams({ project, used: used.join(' '), empty: empty.join(' ') }).toString()
  return text.length > LONGEST_MEMO ? undefined : text
}

/** undefined for what is none of ours, or another project's. */
function readMemo(text: string, project: string): Known | undefined {
  const parameters = new URLSearchParams(text)
  const list = (name: string): string[] =>
    (parameters.get(name) ?? '').split(' ').filter((location) => /^[a-z][a-z0-9-]{0,40}$/.test(location))
  return parameters.get('project') === project ? { used: list('used'), empty: list('empty') } : undefined
}
