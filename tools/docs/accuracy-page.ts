import { exceptions } from '../../test/goldens/exceptions/index.ts'
import { fill, inline, table } from './markdown.ts'
import { type Page, pageOf } from './page.ts'

/** Every tested exception, in the words of the test. */
export function accuracyPage(root: string): Page {
  const rows = exceptions.map(({ rule, source }) => [inline(rule), inline(source)])
  const exceptionTable = table(['what Portolan does otherwise', 'because'], rows)
  return pageOf(root, 'docs/accuracy.md', (text) => fill(text, 'exceptions', exceptionTable))
}
