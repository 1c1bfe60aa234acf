import { Group, Stack, Text } from '@mantine/core'
import type { Scan } from '../../../contract/index.ts'
import { Digest } from '../../components/digest.tsx'
import { ReasonText } from '../../components/faces.tsx'
import { ScanStateBadge } from '../../components/state-badge.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { RepositoryLink, Retry } from './cells.tsx'

export function ScanCard({ row: scan }: { row: Scan }) {
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div className="wrap-anywhere">
          <RepositoryLink scan={scan} />
        </div>
        <ScanStateBadge state={scan.state} />
      </Group>
      {scan.reason === null ? null : <ReasonText reason={scan.reason} />}
      <Group justify="space-between">
        <Digest digest={scan.digest} />
        <Text span size="xs" c="dimmed">
          <TimeAgo time={scan.requestedAt} />
        </Text>
        <Retry scan={scan} />
      </Group>
    </Stack>
  )
}
