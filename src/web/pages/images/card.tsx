import { Group, Stack, Text } from '@mantine/core'
import type { Image } from '../../../contract/index.ts'
import { Digest } from '../../components/digest.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { FindingCounts, RepositoryLink, ScanState, ScmLink, Tags } from './cells.tsx'

export function ImageCard({ row: image }: { row: Image }) {
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div className="wrap-anywhere">
          <RepositoryLink image={image} />
        </div>
        <ScanState image={image} />
      </Group>
      <Tags image={image} />
      {image.counts === null ? null : <FindingCounts image={image} />}
      <Group gap="xs" justify="space-between">
        <Digest digest={image.digest} />
        <Text span size="xs" c="dimmed">
          {image.lifecycle} · <ScmLink image={image} /> · <TimeAgo time={image.pushedAt} />
        </Text>
      </Group>
    </Stack>
  )
}
