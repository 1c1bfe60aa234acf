import * as fc from 'fast-check'

/** Damaged forms of good bytes: bytes changed (to telling values more often than not), cut off, repeated. */
export function mutations(seeds: readonly Uint8Array[], maxChanges = 6): fc.Arbitrary<Uint8Array> {
  const value = fc.oneof(fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff), fc.nat(255))
  const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), value, fc.integer({ min: 1, max: 8 }))
  return fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(change, { maxLength: maxChanges }),
      fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 3 }),
    )
    .map(([seed, changes, cut]) => {
      const bytes = Uint8Array.from(seed)
      for (const [place, byte, count] of changes) {
        // Squared: headers stand at the beginning, and most of what can go wrong with them.
        const at = Math.floor(place * place * bytes.length)
        bytes.fill(byte, at, at + count)
      }
      return cut === null ? bytes : bytes.slice(0, Math.floor(cut * bytes.length))
    })
}

/** Texts that are made of a format's own pieces, in any order. */
export function scrambled(pieces: readonly string[], maxLength = 40): fc.Arbitrary<Uint8Array> {
  const piece = fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 }))
  return fc.array(piece, { maxLength }).map((parts) => new TextEncoder().encode(parts.join('')))
}
