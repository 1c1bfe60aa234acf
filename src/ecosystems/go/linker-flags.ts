import { strip } from '../../core/index.ts'

const MAX_LENGTH = 256 * 1024

/**
 * The variables that `-X name=value` sets in a value of `-ldflags`; none when it is malformed. Trivy reads it as a shell's
 * words (go-shellwords) and then as POSIX flags (pflag) of which it knows `-X` only, with what follows from that: letters of
 * an unknown flag each take the word behind them unless it begins with `-`.
 */
export function parseLinkerVariables(ldflags: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>()
  const words = ldflags.length > MAX_LENGTH ? undefined : shellWords(ldflags)
  for (const value of words === undefined ? [] : (valuesOfX(words) ?? [])) {
    const pairs = pairsOf(value)
    if (pairs === undefined) return new Map()
    for (const [name, text] of pairs) variables.set(name, text)
  }
  return variables
}

/** undefined where a quote is not closed. */
function shellWords(text: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  const token = /\\([^])|'([^']*)'|"((?:[^"\\]|\\[^])*)"|([;&|<>()'"\\])|(\s+)|([^\\'";&|<>()\s]+)/g
  for (const [, escaped, single, double, special, space, plain] of text.matchAll(token)) {
    if (special === "'" || special === '"' || special === '\\') return undefined
    if (special !== undefined) break
    if (space === undefined) {
      word = (word ?? '') + (escaped ?? single ?? double?.replace(/\\([^])/g, '$1') ?? plain ?? '')
      continue
    }
    if (word !== undefined) words.push(word)
    word = undefined
  }
  return word === undefined ? words : [...words, word]
}

/** undefined when `-X` has no value. */
function valuesOfX(words: readonly string[]): string[] | undefined {
  const values: string[] = []
  let at = 0
  /** The words that an unknown flag takes. */
  const stripValue = (): void => {
    if (at < words.length && !words[at]?.startsWith('-')) at += 1
  }
  while (at < words.length) {
    const word = words[at] ?? ''
    at += 1
    if (word === '--') break
    if (!word.startsWith('-') || word === '-') continue
    if (word.startsWith('--')) {
      if (!word.includes('=')) stripValue()
      continue
    }
    const letters = word.slice(1)
    const x = letterX(letters, stripValue)
    if (x === undefined) continue
    const value = letters.slice(x + 1)
    if (value.length > 1 && value.startsWith('=')) values.push(value.slice(1))
    else if (value !== '') values.push(value)
    else if (at < words.length) values.push(words[at++] ?? '')
    else return undefined
  }
  return values
}

/** Where X stands among the letters of one flag; undefined when it does not. `h` is the one other letter that is known. */
function letterX(letters: string, stripValue: () => void): number | undefined {
  for (const [index, letter] of Array.from(letters).entries()) {
    if (letter === 'X') return index
    if (letter === 'h') continue
    if (letters[index + 1] === '=' && letters.length - index > 2) return undefined
    stripValue()
  }
  return undefined
}

/** `name=value`, or several as CSV when there is more than one `=`. undefined for what is neither. */
function pairsOf(text: string): [string, string][] | undefined {
  const parts = text.split('=').length > 2 ? splitCsv(text) : [strip(text, '"')]
  const pairs = parts.map((part): [string, string] => {
    const at = part.indexOf('=')
    return [part.slice(0, Math.max(at, 0)), part.slice(at + 1)]
  })
  return parts.some((part) => !part.includes('=')) ? undefined : pairs
}

function splitCsv(text: string): string[] {
  const [line = ''] = text.split('\n', 1)
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  )
}
