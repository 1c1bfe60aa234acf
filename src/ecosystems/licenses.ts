/** Tried once for each run of blanks: from the second of them on, it can only fail again. */
const separator = /,?(?<![_ ])[_ ]+(?:or|and)[_ ]+|, */

/** Words of a licence's text, in lower case: what has one is no list of names. */
const wordsOfTexts =
  /https?:\/\/|\(c\)|as-is|;|hereby|permission (?:to use|is)|use in source|use, copy, modify|using/

/**
 * The licences that a line of metadata names, as Trivy parts them (pkg/licensing, SplitLicenses): at commas, "or" and "and", but
 * not within `Apache License, Version 2.0` and `GPL v2 or later`. The text of a licence is not taken apart, and is left out.
 */
export function splitLicenses(line: string): string[] {
  if (line === '' || wordsOfTexts.test(line.toLowerCase())) return []
  const licenses: string[] = []
  for (const part of line.split(separator)) {
    const last = licenses.at(-1)
    const [word = ''] = part.toLowerCase().split(' ', 1)
    if (last !== undefined && /^ver(?:sion)?$/.test(word)) licenses.splice(-1, 1, `${last}, ${part}`)
    else if (last !== undefined && word === 'later') licenses.splice(-1, 1, `${last} or ${part}`)
    else licenses.push(part)
  }
  return licenses
}
