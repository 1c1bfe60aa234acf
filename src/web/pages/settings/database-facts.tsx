import { Group, Stack, Text } from '@mantine/core'
import type { DatabaseState } from '../../../contract/index.ts'
import { Copy } from '../../components/copy.tsx'
import { ReasonText } from '../../components/faces.tsx'
import { Facts } from '../../components/facts.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'

/** How old a database is, and where it is from; a sentence where it is not as it should be. */
export function DatabaseFacts({ data }: { data: DatabaseState }) {
  const error = data.lastCheck?.error ?? null
  return (
    <Stack gap="sm">
      {data.stale ? <Text size="sm">{sentence(data.message)}</Text> : null}
      <Facts
        facts={[
          ['Updated', <TimeAgo key="u" time={data.updatedAt} />],
          ['Next update', <TimeAgo key="n" time={data.nextUpdate} />],
          ['Source', data.source ?? '–'],
          [
            'Digest',
            data.digest === null ? (
              '–'
            ) : (
              <Group key="d" gap={2} wrap="nowrap">
                <span className="mono wrap-anywhere">{data.digest}</span>
                <Copy text={data.digest} what="digest" />
              </Group>
            ),
          ],
          ['Last look', <TimeAgo key="l" time={data.lastCheck?.at ?? null} fallback="never" />],
        ]}
      />
      {error === null ? null : <ReasonText reason={error} />}
    </Stack>
  )
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
