import type { PackageFact } from '../../indexing/index.ts'

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const markup =
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[[^]*?\]\]>|<!(?!--|\[CDATA\[)[^>]*>|<(\/?)([^!?\s/>"'=<]+)((?:\s+[^\s=>/"'<]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y

/**
 * The `package` elements of `packages`, those for development left out (NuGet, packages.config reference). XML as far as this file
 * goes: elements and attributes.
 * @throws SyntaxError
 */
export function parsePackagesConfig(text: string): PackageFact[] {
  const facts: PackageFact[] = []
  const open: string[] = []
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', markup.lastIndex)) {
    markup.lastIndex = at
    const found = markup.exec(text)
    if (found === null) throw new SyntaxError('it is no well-formed XML')
    const [, closing, name, attributes = '', empty] = found
    if (name === undefined) continue
    if (closing === '/') {
      if (open.pop() !== name) throw new SyntaxError('an element is not closed')
      if (open.length === 0) return facts
      continue
    }
    if (open.length === 0 && name !== 'packages') throw new SyntaxError('its root is not "packages"')
    if (open.length === 1 && name === 'package') facts.push(...packageOf(attributes))
    if (empty !== '/') open.push(name)
    else if (open.length === 0) return facts
  }
  throw new SyntaxError('it ends within an element')
}

function packageOf(attributes: string): PackageFact[] {
  const fields = new Map(
    Array.from(
      attributes.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g),
      ([, name = '', double, single]) => [name, unescape(double ?? single ?? '')],
    ),
  )
  const name = fields.get('id') ?? ''
  const isForDevelopment = /^(?:1|t|true)$/i.test(fields.get('developmentDependency') ?? '')
  return name === '' || isForDevelopment ? [] : [{ name, version: fields.get('version') ?? '' }]
}

function unescape(text: string): string {
  return text.replace(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole, hex?: string, digits?: string, name = '') => {
      const code = hex === undefined ? Number(digits) : Number.parseInt(hex, 16)
      if (code <= 0x10ffff) return String.fromCodePoint(code)
      return entities[name] ?? whole
    },
  )
}
