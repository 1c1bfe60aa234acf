import { createHash } from 'node:crypto'
import { type Digest, digestBytes } from '../../core/index.ts'
import { kindOf, type Place } from './places.ts'

/** What stands at each place of a database, as numbers: all that is needed to tell what another database changes. */
export interface Signature {
  /** In ascending order, each once. */
  readonly places: BigInt64Array<ArrayBuffer>
  /** Beside the places: a hash of what stands there. */
  readonly contents: BigUint64Array<ArrayBuffer>
}

/** Places whose content differs between two databases, or that only one of them has. */
export interface SignatureChanges {
  /** Statements and products: what verdicts depend on. */
  readonly verdicts: readonly Place[]
  /** Details of vulnerabilities: severity and texts. */
  readonly details: readonly Place[]
}

/** Gathers places with their contents; of a place that comes more than once the contents are combined, in whatever order. */
export class SignatureBuilder {
  #places = new BigInt64Array(1024)
  #contents = new BigUint64Array(1024)
  #count = 0

  add(place: Place, content: bigint): void {
    if (this.#count === this.#places.length) this.#grow()
    this.#places[this.#count] = place
    this.#contents[this.#count] = content
    this.#count += 1
  }

  build(): Signature {
    const all = this.#places.subarray(0, this.#count)
    const sorted = all.slice().sort()
    const places = sorted.filter((place, index) => index === 0 || place !== sorted[index - 1])
    const contents = new BigUint64Array(places.length)
    for (const [index, place] of all.entries()) {
      const at = indexOf(places, place)
      contents[at] = (contents[at] ?? 0n) + (this.#contents[index] ?? 0n)
    }
    return { places, contents }
  }

  #grow(): void {
    const [places, contents] = [this.#places, this.#contents]
    this.#places = new BigInt64Array(places.length * 2)
    this.#contents = new BigUint64Array(places.length * 2)
    this.#places.set(places)
    this.#contents.set(contents)
  }
}

function indexOf(places: BigInt64Array, place: Place): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((places[middle] ?? 0n) < place) low = middle + 1
    else high = middle
  }
  return low
}

/** One walk along both. */
export function diffSignatures(before: Signature, after: Signature): SignatureChanges {
  const verdicts: Place[] = []
  const details: Place[] = []
  const note = (place: Place): void => {
    ;(kindOf(place) === 'details' ? details : verdicts).push(place)
  }
  let left = 0
  let right = 0
  while (left < before.places.length || right < after.places.length) {
    const old = before.places[left]
    const now = after.places[right]
    if (now === undefined || (old !== undefined && old < now)) {
      note(old as Place)
      left += 1
    } else if (old === undefined || now < old) {
      note(now)
      right += 1
    } else {
      if (before.contents[left] !== after.contents[right]) note(now)
      left += 1
      right += 1
    }
  }
  return { verdicts, details }
}

// Raise the number with any change of what is hashed: signatures of both kinds cannot be compared.
const magic = Buffer.from('PTLNSIG1')
const headerBytes = 8 + 32 + 8
const checksumBytes = 32

/** The file's form: magic, digest of the database, count, places, contents, SHA-256 of all that; numbers little-endian. */
export function encodeSignature(digest: Digest, { places, contents }: Signature): Buffer {
  const head = Buffer.alloc(headerBytes)
  magic.copy(head)
  head.set(digestBytes(digest), 8)
  head.writeBigUInt64LE(BigInt(places.length), 40)
  const body = Buffer.concat([head, bytesOf(places), bytesOf(contents)])
  return Buffer.concat([body, checksum(body)])
}

/** @returns undefined for anything but a whole signature of that database */
export function decodeSignature(digest: Digest, bytes: Buffer): Signature | undefined {
  const end = bytes.length - checksumBytes
  if (end < headerBytes || !bytes.subarray(0, 8).equals(magic)) return undefined
  if (!bytes.subarray(8, 40).equals(digestBytes(digest))) return undefined
  const count = Number(bytes.readBigUInt64LE(40))
  if (end !== headerBytes + count * 16 || !bytes.subarray(end).equals(checksum(bytes.subarray(0, end)))) {
    return undefined
  }
  const numbers = new Uint8Array(bytes.subarray(headerBytes, end)).buffer
  return {
    places: new BigInt64Array(numbers, 0, count),
    contents: new BigUint64Array(numbers, count * 8, count),
  }
}

function bytesOf(array: BigInt64Array | BigUint64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
