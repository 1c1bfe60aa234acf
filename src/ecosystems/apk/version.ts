/**
 * Versions as apk-tools 2 orders them (src/version.c), in Trivy's port (knqyf263/go-apk-version):
 * `digits{.digits}{letter}{_suffix{number}}{-r#}`. A version is read as a row of values, each of a kind; the kind says
 * what may follow, and decides where the values of two versions are equal.
 */
type Kind = 'invalid' | 'digit-or-zero' | 'digit' | 'letter' | 'suffix' | 'suffix-number' | 'revision' | 'end'

/** Later kinds make a shorter version the greater one: `1.0_p1` < `1.0.1`. */
const KINDS: readonly Kind[] = [
  'invalid',
  'digit-or-zero',
  'digit',
  'letter',
  'suffix',
  'suffix-number',
  'revision',
  'end',
]

/** Below zero: before the release; from zero: after it. */
const SUFFIXES: Readonly<Record<string, number>> = {
  alpha: -4,
  beta: -3,
  pre: -2,
  rc: -1,
  cvs: 0,
  svn: 1,
  git: 2,
  hg: 3,
  p: 4,
}
const suffix = /alpha|beta|pre|rc|cvs|svn|git|hg|p/y
const digits = /\d*/y
const zeros = /0+/y

class Reader {
  /** Kind of the value that comes next. */
  kind: Kind = 'digit'
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The next value; `kind` then says what follows it. */
  next(): number {
    const value = this.#value()
    if (value === undefined) {
      this.kind = 'invalid'
      return -1
    }
    if (this.#at >= this.#text.length) this.kind = 'end'
    else if (value.follows !== undefined) this.kind = value.follows
    else this.kind = this.#following(this.kind)
    return value.number
  }

  #value(): { readonly number: number; readonly follows?: Kind } | undefined {
    if (this.kind === 'letter') {
      this.#at += 1
      return { number: this.#text.charCodeAt(this.#at - 1) }
    }
    if (this.kind === 'suffix') {
      const word = this.#take(suffix)
      return word === '' ? undefined : { number: SUFFIXES[word] ?? 0 }
    }
    if (this.kind === 'digit-or-zero') {
      const leading = this.#take(zeros)
      // Leading zeros make a part a fraction: the more of them, the smaller.
      if (leading !== '') return { number: -leading.length, follows: 'digit' }
    }
    return { number: Number(this.#take(digits)) }
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  /** Reads the sign that leads to the next value; what may not stand here makes the version invalid. */
  #following(from: Kind): Kind {
    const kind = this.#announced(from)
    const forward = KINDS.indexOf(kind) >= KINDS.indexOf(from)
    const back =
      (kind === 'digit-or-zero' && from === 'digit') ||
      (kind === 'suffix' && from === 'suffix-number') ||
      (kind === 'digit' && from === 'letter')
    return forward || back ? kind : 'invalid'
  }

  #announced(from: Kind): Kind {
    const character = this.#text[this.#at] ?? ''
    if ((from === 'digit' || from === 'digit-or-zero') && /\p{Ll}/u.test(character)) return 'letter'
    if (from === 'letter' && /\d/.test(character)) return 'digit'
    if (from === 'suffix' && /\d/.test(character)) return 'suffix-number'
    this.#at += 1
    if (character === '.') return 'digit-or-zero'
    if (character === '_') return 'suffix'
    if (character !== '-') return 'invalid'
    this.#at += 1
    return this.#at > this.#text.length ? 'invalid' : 'revision'
  }
}

/** The empty version is one, and the lowest. */
export function isApkVersion(text: string): boolean {
  const reader = new Reader(text)
  while (reader.kind !== 'end' && reader.kind !== 'invalid') reader.next()
  return reader.kind === 'end'
}

/** Negative, zero, positive; undefined when one of the two is no version. */
export function compareApkVersions(left: string, right: string): number | undefined {
  if (!isApkVersion(left) || !isApkVersion(right)) return undefined
  const a = new Reader(left)
  const b = new Reader(right)
  while (a.kind === b.kind && a.kind !== 'end') {
    const order = a.next() - b.next()
    if (order !== 0) return order
  }
  const order = KINDS.indexOf(b.kind) - KINDS.indexOf(a.kind)
  // What one has beyond the other makes it greater, but for a suffix that stands before the release.
  if (order !== 0 && a.kind === 'suffix' && a.next() < 0) return -1
  if (order !== 0 && b.kind === 'suffix' && b.next() < 0) return 1
  return order
}
