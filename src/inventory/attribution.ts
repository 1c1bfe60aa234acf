/** One set's attribution as it is stored: most entries share a layer, the others are named. */
export type StoredAttribution = readonly [common: number, others: Readonly<Record<string, number>>]

/**
 * `Inventory.attribution` in a form that is small as JSON: the commonest layer of each set, and the entries of other layers.
 *
 * @example packAttribution([[0, 0, 2, 0]]) // [[0, { '2': 2 }]]
 */
export function packAttribution(attribution: readonly (readonly number[])[]): StoredAttribution[] {
  return attribution.map((layers) => {
    const counts = new Map<number, number>()
    for (const layer of layers) counts.set(layer, (counts.get(layer) ?? 0) + 1)
    const [common] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])
    const others = layers.flatMap((layer, entry) => (layer === common ? [] : [[entry, layer] as const]))
    return [common, Object.fromEntries(others)]
  })
}

/** The layer of one entry, without unpacking the rest: `layerOf(stored[set], entry)`. */
export function layerOf(stored: StoredAttribution, entry: number): number {
  return stored[1][entry] ?? stored[0]
}

/** @param lengths how many entries each set has */
export function unpackAttribution(
  stored: readonly StoredAttribution[],
  lengths: readonly number[],
): number[][] {
  return stored.map((one, set) =>
    Array.from({ length: lengths[set] ?? 0 }, (_, entry) => layerOf(one, entry)),
  )
}
