import { Group, Tooltip } from '@mantine/core'
import { shortDigest } from '../lib/format.ts'
import { Copy } from './copy.tsx'

/** The first 12 hex digits; whole on hover and by the copy button. */
export function Digest({ digest }: { digest: string }) {
  return (
    <Group gap={2} wrap="nowrap" component="span">
      <Tooltip label={<span className="mono wrap-anywhere">{digest}</span>}>
        <span className="mono">{shortDigest(digest)}</span>
      </Tooltip>
      <Copy text={digest} what="digest" />
    </Group>
  )
}
