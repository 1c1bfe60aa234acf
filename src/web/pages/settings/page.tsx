import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { connectionsQuery, databaseQuery } from '../../api/queries.ts'
import { useIsAdmin } from '../../components/admin.ts'
import { Failed, RowsSkeleton } from '../../components/faces.tsx'
import { LinkButton } from '../../components/links.tsx'
import { Page } from '../../components/page.tsx'
import { StateBadge } from '../../components/state-badge.tsx'
import { done, failed } from '../../components/toast.ts'
import { counted } from '../../lib/format.ts'
import { DatabaseFacts } from './database-facts.tsx'
import { ScanEngines } from './engines.tsx'

export function SettingsPage() {
  const connections = useQuery(connectionsQuery)
  return (
    <Page title="Settings">
      <Stack gap="md" maw={760}>
        <Paper withBorder p="md" component="section" id="registry-connections">
          <Group justify="space-between" align="flex-start">
            <div>
              <Title order={2}>Registry Connections</Title>
              <Text size="sm" c="dimmed">
                {connections.data === undefined
                  ? 'Accounts at container registries'
                  : counted(connections.data.length, 'connection')}
              </Text>
            </div>
            <LinkButton to="/settings/registry-connections" variant="default">
              Open
            </LinkButton>
          </Group>
        </Paper>
        <VulnerabilityData />
        <ScanEngines />
      </Stack>
    </Page>
  )
}

/** Which vulnerability data is in use, how old it is, and the button that looks for newer. */
function VulnerabilityData() {
  const database = useQuery(databaseQuery)
  const client = useQueryClient()
  const update = useMutation({
    mutationFn: () => call('updateVulnerabilityDatabase', {}),
    onSuccess: (answer) => done(answer.message, 'Vulnerability data'),
    onError: (error) => failed('Vulnerability data', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['database'] }),
  })
  const data = database.data
  const isAdmin = useIsAdmin()
  return (
    <Paper withBorder p="md" component="section" id="vulnerability-data">
      <Group justify="space-between" align="flex-start" mb="sm">
        <Group gap="xs">
          <Title order={2}>Vulnerability data</Title>
          {data === undefined ? null : data.stale ? (
            <StateBadge tone="warn" word={data.updatedAt === null ? 'None' : 'Over two days old'} />
          ) : (
            <StateBadge tone="good" word="Current" />
          )}
        </Group>
        {isAdmin ? (
          <Button
            variant="default"
            onClick={() => update.mutate()}
            loading={update.isPending || data?.updating === true || data?.java.updating === true}
          >
            Look for newer data
          </Button>
        ) : null}
      </Group>
      {database.isPending ? <RowsSkeleton rows={3} height={28} /> : null}
      {database.isError && data === undefined ? (
        <Failed error={database.error} retry={() => void database.refetch()} />
      ) : null}
      {data === undefined ? null : (
        <Stack gap="md">
          <DatabaseFacts data={data} />
          <section id="java-database">
            <Title order={3} mb={6}>
              Java database
            </Title>
            <Text size="sm" c="dimmed" mb="xs">
              It names Java archives that do not say what they are.
            </Text>
            <DatabaseFacts data={data.java} />
          </section>
        </Stack>
      )}
    </Paper>
  )
}
