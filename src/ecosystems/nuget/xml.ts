const entities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])
const MARKUP =
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[[^]*?\]\]>|<!(?!--|\[CDATA\[)[^>]*>|<(\/?)([^!?\s/>"'=<]+)((?:\s+[^\s=>/"'<]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y

/** An element without what is in it. */
interface Element {
  readonly name: string
  /** Names of those around it, the root first. */
  readonly within: readonly string[]
  /** Empty where there is no such attribute. */
  attribute(name: string): string
}

/**
 * The elements of a document, each where it begins. XML as far as NuGet's files go: elements and attributes.
 * @param root what the outermost one must be
 * @throws SyntaxError
 */
export function* elements(text: string, root: string): Generator<Element> {
  const within: string[] = []
  const markup = new RegExp(MARKUP)
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', markup.lastIndex)) {
    markup.lastIndex = at
    const found = markup.exec(text)
    if (found === null) throw new SyntaxError('it is no well-formed XML')
    const [, closing, name, attributes = '', empty] = found
    if (name === undefined) continue
    if (closing === '/') {
      if (within.pop() !== name) throw new SyntaxError('an element is not closed')
      if (within.length === 0) return
      continue
    }
    if (within.length === 0 && name !== root) throw new SyntaxError(`its root is not "${root}"`)
    yield { name, within, attribute: (wanted) => attributesOf(attributes).get(wanted) ?? '' }
    if (empty !== '/') within.push(name)
    else if (within.length === 0) return
  }
  throw new SyntaxError('it ends within an element')
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(
      text.matchAll(/\s*([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/gy),
      ([, name = '', double, single]) => [name, unescape(double ?? single ?? '')],
    ),
  )
}

function unescape(text: string): string {
  return text.replace(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole, hex?: string, digits?: string, name = '') => {
      const code = hex === undefined ? Number(digits) : Number.parseInt(hex, 16)
      if (code <= 0x10ffff) return String.fromCodePoint(code)
      return entities.get(name) ?? whole
    },
  )
}
