import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { scanEnginesQuery } from '../../api/queries.ts'
import { Failed, ReasonText, RowsSkeleton } from '../../components/faces.tsx'
import { StateBadge } from '../../components/state-badge.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'

/** What images can be scanned with; each connection chooses one. */
export function ScanEngines() {
  const engines = useQuery(scanEnginesQuery)
  return (
    <Paper withBorder p="md" component="section" id="scan-engines">
      <Title order={2} mb="sm">
        Scan engines
      </Title>
      {engines.isPending ? <RowsSkeleton rows={2} height={28} /> : null}
      {engines.isError && engines.data === undefined ? (
        <Failed error={engines.error} retry={() => void engines.refetch()} />
      ) : null}
      <Stack gap="sm">
        {engines.data?.map(({ id, label, version, problem, databaseUpdatedAt }) => (
          <div key={id}>
            <Group gap="xs">
              <Text fw={500}>
                {label}
                {version === null ? '' : ` ${version}`}
              </Text>
              {problem === null ? (
                <StateBadge tone="good" word="Available" />
              ) : (
                <StateBadge tone="calm" word="Not available" />
              )}
            </Group>
            {problem === null ? null : <ReasonText reason={problem} />}
            {databaseUpdatedAt === null ? null : (
              <Text size="sm" c="dimmed">
                Vulnerability data of <TimeAgo time={databaseUpdatedAt} />
              </Text>
            )}
          </div>
        ))}
      </Stack>
    </Paper>
  )
}
