import { Group, Text, Title } from '@mantine/core'
import { IconPlug } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { connectionsQuery, platformsQuery } from '../../api/queries.ts'
import { useIsAdmin } from '../../components/admin.ts'
import { AskAdministrator } from '../../components/admins-only.tsx'
import { Empty, Failed, RowsSkeleton } from '../../components/faces.tsx'
import { LinkAnchor } from '../../components/links.tsx'
import { Page } from '../../components/page.tsx'
import { PlatformTiles } from '../../components/platform-tiles.tsx'

export function IntegrationsPage() {
  const isAdmin = useIsAdmin()
  const platforms = useQuery(platformsQuery)
  const connections = useQuery(connectionsQuery)
  const count = connections.data?.length ?? 0
  return (
    <Page
      title="Integrations"
      lead={
        <LinkAnchor to="/settings/registry-connections" size="sm">
          My Integrations{count === 0 ? '' : ` (${count})`}
        </LinkAnchor>
      }
    >
      <section>
        <Group mb="sm">
          <Title order={2}>Registries</Title>
        </Group>
        {isAdmin ? null : (
          <Text size="sm" c="dimmed" mb="sm">
            Only administrators may connect a registry. <AskAdministrator to="connect one" />
          </Text>
        )}
        {platforms.isPending ? <RowsSkeleton rows={4} height={64} /> : null}
        {platforms.isError ? <Failed error={platforms.error} retry={() => void platforms.refetch()} /> : null}
        {platforms.data?.items.length === 0 ? (
          <Empty icon={<IconPlug size={22} />} title="This server has no registry platform" />
        ) : null}
        {platforms.data === undefined ? null : <PlatformTiles platforms={platforms.data.items} />}
      </section>
    </Page>
  )
}
