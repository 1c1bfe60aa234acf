/** One paragraph: values by field name in lower case, continuation lines joined with a space. */
export type Paragraph = ReadonlyMap<string, string>

/**
 * The paragraphs of a control file (deb822(5)), in Trivy's reading: one empty line parts two paragraphs; of two fields of
 * one name the first counts; a paragraph with a line that is neither field nor continuation is left out whole: `undefined` stands for it.
 */
export function* readParagraphs(text: string): Generator<Paragraph | undefined> {
  let start = 0
  while (start < text.length) {
    const end = text.indexOf('\n\n', start)
    yield readParagraph(end === -1 ? text.slice(start) : text.slice(start, end))
    if (end === -1) return
    start = end + 2
  }
}

function readParagraph(text: string): Paragraph | undefined {
  const fields = new Map<string, string>()
  let current: string | undefined
  for (const raw of text.split('\n')) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line === '') break
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (current === undefined) return undefined
      if (current !== '') fields.set(current, `${fields.get(current) ?? ''} ${line.trim()}`)
      continue
    }
    const colon = line.indexOf(':')
    if (colon === -1) return undefined
    const name = line.slice(0, colon).toLowerCase()
    current = fields.has(name) ? '' : name
    if (current !== '') fields.set(name, line.slice(colon + 1).trim())
  }
  return fields
}
