import { hash } from 'node:crypto'
import parseExpression from 'spdx-expression-parse'

/** Licences as a package states them, sorted into what the formats can say. */
export interface LicenseStatement {
  /** SPDX expression of them all, or null when one of them is none. */
  readonly expression: string | null
  /** Each on its own. */
  readonly each: readonly { readonly text: string; readonly kind: 'id' | 'expression' | 'name' }[]
}

/** Licences of one package: what is no SPDX expression stays a name, verbatim. */
export function stateLicenses(licenses: readonly string[]): LicenseStatement {
  const texts = [...new Set(licenses.map((text) => text.trim()))].filter((text) => text !== '')
  const each = texts.map((text) => ({ text, kind: kindOf(text) }))
  const whole = each.length > 0 && each.every(({ kind }) => kind !== 'name')
  return { each, expression: whole ? joined(each) : null }
}

const known = new Map<string, 'id' | 'expression' | 'name'>()
const MAX_KNOWN = 10_000

/** Images repeat few licences: each is parsed once. */
function kindOf(text: string): 'id' | 'expression' | 'name' {
  const before = known.get(text)
  if (before !== undefined) return before
  const kind = parsedKind(text)
  if (known.size < MAX_KNOWN) known.set(text, kind)
  return kind
}

function parsedKind(text: string): 'id' | 'expression' | 'name' {
  // No real expression is longer; the parser recurses.
  if (text.length > 500) return 'name'
  // It names another document, which is not there.
  if (text.includes('DocumentRef-')) return 'name'
  try {
    const parsed = parseExpression(text)
    const isId = 'license' in parsed && parsed.license === text && !text.startsWith('LicenseRef-')
    return isId ? 'id' : 'expression'
  } catch {
    return 'name'
  }
}

function joined(each: LicenseStatement['each']): string {
  const [only] = each
  if (each.length === 1 && only !== undefined) return only.text
  return each.map(({ text, kind }) => (kind === 'id' ? text : `(${text})`)).join(' AND ')
}

/** The licences of an expression that are on no list: the document that uses them must say what they are. */
export function referencesIn(expression: string): readonly string[] {
  return expression.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? []
}

/** The id under which an SPDX document keeps a licence that is not on SPDX's list. */
export function licenseReference(text: string): string {
  return `LicenseRef-${hash('sha256', text, 'hex').slice(0, 16)}`
}
