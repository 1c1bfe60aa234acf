/** One way to sign in that a server offers (RFC 9110, 11.3). */
export interface Challenge {
  /** In lower case: `basic`, `bearer`, ... */
  readonly scheme: string
  /** Names in lower case; quoting undone. */
  readonly parameters: ReadonlyMap<string, string>
}

// token68 (`Negotiate YII=`) is matched so that it is stepped over; then scheme, name, "=", quoted or bare value.
const token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+"
const parameter = new RegExp(`(?:\\s*,)?\\s*(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]+))`, 'y')
const schemeStart = new RegExp(
  `[\\s,]*(${token})(?=[\\s,]|$)(?:[ \\t]+[A-Za-z0-9._~+/-]+=*(?=\\s*(?:,|$)))?`,
  'y',
)

/** Longer headers are cut: a challenge needs a few hundred characters. */
const longest = 16_384

function parseOne(header: string): Challenge[] {
  const text = header.slice(0, longest)
  const found: Challenge[] = []
  let position = 0
  while (position < text.length) {
    schemeStart.lastIndex = position
    const scheme = schemeStart.exec(text)
    if (!scheme?.[1]) break
    position = schemeStart.lastIndex
    const parameters = new Map<string, string>()
    for (;;) {
      parameter.lastIndex = position
      const match = parameter.exec(text)
      if (!match?.[1]) break
      position = parameter.lastIndex
      parameters.set(match[1].toLowerCase(), match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? '')
    }
    found.push({ scheme: scheme[1].toLowerCase(), parameters })
  }
  return found
}

/**
 * The challenges of a 401, in order: several in one header or in several, parameters quoted or not, in any order.
 *
 * @param headers values of WWW-Authenticate
 * @example parseChallenges(['Basic realm="a, b", Bearer realm="https://x/token",service=x'])
 */
export function parseChallenges(headers: readonly string[]): Challenge[] {
  return headers.flatMap(parseOne)
}
