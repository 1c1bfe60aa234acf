import { Anchor, Code } from '@mantine/core'
import { safeLink } from '../../lib/format.ts'

/** The platform's guide: where it has an address, that; else the page that this server has of it. */
export function DocsLink({ docs }: { docs: string }) {
  const href = safeLink(docs)?.href ?? (/^docs\/[\w/-]+\.md$/.test(docs) ? `/${docs}` : null)
  if (href === null) return docs === '' ? null : <Code>{docs}</Code>
  return (
    <Anchor href={href} target="_blank" rel="noreferrer" size="sm">
      Guide
    </Anchor>
  )
}
