/** A part of an answer, as it comes: the next object of its list, or an object beside the list. */
export interface JsonPart {
  readonly kind: 'entry' | 'member'
  readonly text: string
}

const QUOTE = 34
const BACKSLASH = 92
const OPEN = new Set([0x5b, 0x7b])
const CLOSE = new Set([0x5d, 0x7d])

/** Largest object, in characters. */
const largest = 65_536

export class JsonCut extends Error {}

/**
 * Takes `{"results":[{…},{…}],"range":{…}}` apart while it arrives, so that a million entries are never held at once. Entries are
 * the objects of a list below the outer object, members the objects right below it.
 *
 * @throws JsonCut when it is not of this form, ends early, or an object is too large
 */
export async function* jsonObjects(stream: AsyncIterable<Uint8Array>): AsyncGenerator<JsonPart> {
  const decoder = new TextDecoder()
  const scan = createScanner()
  for await (const bytes of stream) yield* scan.take(decoder.decode(bytes, { stream: true }))
  yield* scan.take(decoder.decode())
  scan.end()
}

function createScanner() {
  const closers: number[] = []
  let inText = false
  let escaped = false
  let ended = false
  /** The object under way, as far as it has come. */
  let held = ''
  let holds = false

  /** How deep an object begins that is given out: right below the outer object, or in a list there. */
  function partKind(depth: number): JsonPart['kind'] | undefined {
    if (depth === 1 && closers[0] === 0x7d) return 'member'
    return depth === 2 && closers[0] === 0x7d && closers[1] === 0x5d ? 'entry' : undefined
  }

  function skipText(code: number): void {
    if (escaped) escaped = false
    else if (code === BACKSLASH) escaped = true
    else if (code === QUOTE) inText = false
  }

  function open(code: number): boolean {
    if (ended || closers.length > 50 || (closers.length === 0 && code !== 0x7b)) throw new JsonCut()
    const begins = !holds && code === 0x7b && partKind(closers.length) !== undefined
    closers.push(code + 2)
    return begins
  }

  function close(code: number): JsonPart['kind'] | undefined {
    if (closers.pop() !== code) throw new JsonCut()
    ended = closers.length === 0
    return holds ? partKind(closers.length) : undefined
  }

  return {
    *take(text: string): Generator<JsonPart> {
      let start = 0
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at)
        if (inText) skipText(code)
        else if (code === QUOTE) inText = true
        else if (OPEN.has(code)) {
          if (open(code)) {
            holds = true
            start = at
          }
        } else if (CLOSE.has(code)) {
          const kind = close(code)
          if (kind !== undefined) {
            yield { kind, text: held + text.slice(start, at + 1) }
            held = ''
            holds = false
          }
        }
      }
      if (holds) held += text.slice(start)
      if (held.length > largest) throw new JsonCut()
    },
    end(): void {
      if (!ended) throw new JsonCut()
    },
  }
}
