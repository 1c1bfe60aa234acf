import { Group, Stack, Text } from '@mantine/core'
import type { Finding } from '../../../contract/index.ts'
import { SeverityWord } from '../../components/severity.tsx'
import { FindingLink, Fix } from './cells.tsx'

export function FindingCard({ row: finding }: { row: Finding }) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <FindingLink finding={finding} />
        <SeverityWord severity={finding.severity} />
      </Group>
      <Text size="sm" lineClamp={2}>
        {finding.title}
      </Text>
      <Text size="xs" className="wrap-anywhere">
        {finding.packageName} <span className="mono">{finding.installedVersions.join(', ')}</span> →{' '}
        <Fix finding={finding} />
      </Text>
      <Text size="xs" c="dimmed" className="wrap-anywhere">
        {finding.repository.path}
      </Text>
    </Stack>
  )
}
