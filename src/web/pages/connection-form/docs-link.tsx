import { Anchor, Code } from '@mantine/core'
import { safeLink } from '../../lib/format.ts'

/** The platform's guide: a link where it has an address, else its place in the documentation. */
export function DocsLink({ docs }: { docs: string }) {
  const url = safeLink(docs)
  if (url === null) {
    return docs === '' ? null : (
      <span>
        Guide: <Code>{docs}</Code>
      </span>
    )
  }
  return (
    <Anchor href={url.href} target="_blank" rel="noreferrer" size="sm">
      Guide
    </Anchor>
  )
}
