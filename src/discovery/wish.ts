/** What a discovery is asked to look at. */
export interface Wish {
  /** Everything that the connection sees; else only `names`, and what is still to be looked into. */
  readonly all: boolean
  /** Everything anew, whatever the registry says has not changed: finds what was deleted. */
  readonly complete: boolean
  /** Repositories whose tags are listed whole, as the connection names them. */
  readonly names: readonly string[]
}

export const EVERYTHING: Wish = { all: true, complete: false, names: [] }
/** Only what is still to be looked into. */
export const ONLY_LOOKS: Wish = { all: false, complete: false, names: [] }

/** More single repositories than this are looked at by one discovery of everything. */
const MOST_NAMES = 50
const LONGEST_NAME = 512

/** Names come from events: whoever sends them may send anything. */
export function wishFor(names: readonly string[]): Wish {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  const sound = names.filter(
    (name) => name !== '' && name.length <= LONGEST_NAME && !/[\0-\x20\x7f]/.test(name),
  )
  return bounded({ ...ONLY_LOOKS, names: [...new Set(sound)] })
}

/** One wish for two. */
export function merged(one: Wish, other: Wish): Wish {
  return bounded({
    all: one.all || other.all,
    complete: one.complete || other.complete,
    names: [...new Set([...one.names, ...other.names])],
  })
}

function bounded(wish: Wish): Wish {
  return wish.names.length > MOST_NAMES ? { ...wish, all: true, names: [] } : wish
}
