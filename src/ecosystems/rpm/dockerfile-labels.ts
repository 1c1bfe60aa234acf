/** One label, in the order of the file. */
export interface DockerfileLabel {
  readonly key: string
  readonly value: string
}

/** Characters that variables may stand for in one file: each line may repeat the ones before, which doubles. */
const MAX_EXPANDED = 1024 * 1024

class Variables {
  readonly #values = new Map<string, string>()
  #left = MAX_EXPANDED

  set(name: string, value: string): void {
    this.#values.set(name, value)
  }

  /** Empty for one that was never set. @throws Error when all that was asked for together is too much */
  get(name: string): string {
    const value = this.#values.get(name) ?? ''
    this.#left -= value.length
    if (this.#left < 0) throw new Error('its variables stand for more text than those of any real Dockerfile')
    return value
  }
}

/**
 * The labels of a Dockerfile, with the values of ARG (before the first FROM) and ENV put in: as much of the format
 * (docs.docker.com/reference/dockerfile) as files of Red Hat's build system use. What is no instruction of these is passed over.
 * @throws Error when its variables stand for too much text
 */
export function dockerfileLabels(text: string): DockerfileLabel[] {
  const values = new Variables()
  const labels: DockerfileLabel[] = []
  let inStage = false
  for (const { name, rest } of instructions(text)) {
    if (name === 'FROM') inStage = true
    else if (name === 'ARG' && !inStage)
      for (const [key, value] of pairs(rest, values)) values.set(key, value)
    else if (name === 'ENV') for (const [key, value] of pairs(rest, values)) values.set(key, value)
    else if (name === 'LABEL') labels.push(...pairs(rest, values).map(([key, value]) => ({ key, value })))
  }
  return labels
}

/** Lines with their continuations; comments and empty lines between those do not end them. */
function* instructions(text: string): Generator<{ name: string; rest: string }> {
  let pending = ''
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:#|$)/.test(line)) continue
    const continued = /\\[ \t]*$/.test(line)
    pending += continued ? line.replace(/\\[ \t]*$/, '') : line
    if (continued) continue
    const instruction = pending.trimStart()
    const [name = ''] = instruction.split(/\s/, 1)
    yield { name: name.toUpperCase(), rest: instruction.slice(name.length).trimStart() }
    pending = ''
  }
}

/** `a=b "c"="d e"`, or in the old form `a b c`. */
function pairs(text: string, values: Variables): [string, string][] {
  const words = text.match(/(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'\\])+/gs) ?? []
  const [first = ''] = words
  if (!first.includes('=')) {
    const value = text.trim().slice(first.length).trim()
    return first === '' ? [] : [[expand(first, values), expand(value, values)]]
  }
  return words.flatMap((word): [string, string][] => {
    const equals = word.indexOf('=')
    return equals === -1
      ? []
      : [[expand(word.slice(0, equals), values), expand(word.slice(equals + 1), values)]]
  })
}

/** What stands in for a variable has a bound: many that never end would else take the square of their number. */
const pieces =
  /'([^']*)'|\\(.)|"|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::([-+])([^}]{0,1000}))?\})|([^'"\\$]+|[\s\S])/g

/** Quotes away, escapes and variables resolved; between single quotes all stays. */
function expand(word: string, values: Variables): string {
  return word.replaceAll(
    pieces,
    (
      _,
      literal?: string,
      escaped?: string,
      bare?: string,
      braced?: string,
      sign?: string,
      other?: string,
      text?: string,
    ) => {
      if (literal !== undefined) return literal
      const plain = escaped ?? text
      if (plain !== undefined) return plain
      const name = bare ?? braced
      if (name === undefined) return ''
      const value = values.get(name)
      if (sign === '-') return value || (other ?? '')
      return sign === '+' ? value && (other ?? '') : value
    },
  )
}
