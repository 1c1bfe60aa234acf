/** Names that are kept; of those beyond nothing is known. */
const mostNames = 50_000

/** What will probably be asked for next, so that one request can do for several: names in the order in which they were listed. */
export interface ExpectedOrder {
  add(names: readonly string[]): void
  /** At most so many that follow a name; none for one that was never added. */
  after(name: string, most: number): readonly string[]
}

export function expectedOrder(): ExpectedOrder {
  const order: string[] = []
  const places = new Map<string, number>()
  return {
    add(names) {
      for (const name of names) {
        if (order.length < mostNames && !places.has(name)) places.set(name, order.push(name) - 1)
      }
    },
    after(name, most) {
      const place = places.get(name)
      return place === undefined ? [] : order.slice(place + 1, place + 1 + most)
    },
  }
}
