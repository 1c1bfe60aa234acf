import { Text, Title } from '@mantine/core'
import { IconBuildingLighthouse } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { RegistryConnection } from '../../../contract/index.ts'
import { connectionsQuery, databaseQuery, firstImagesQuery, platformsQuery } from '../../api/queries.ts'
import { useIsAdmin } from '../../components/admin.ts'
import { AskAdministrator } from '../../components/admins-only.tsx'
import { Empty, Failed, RowsSkeleton } from '../../components/faces.tsx'
import { LinkAnchor } from '../../components/links.tsx'
import { useNow } from '../../components/now.ts'
import { Page } from '../../components/page.tsx'
import { PlatformTiles } from '../../components/platform-tiles.tsx'
import { SCAN_STATUSES } from '../../lib/address.ts'
import { counted, shortAge, totalWords } from '../../lib/format.ts'
import { percentOf, percentOfAll } from '../../lib/overview.ts'
import { Attention } from './attention.tsx'
import classes from './overview.module.css'
import { Registries } from './registries.tsx'
import { SeverityTotals } from './severity-totals.tsx'

export function OverviewPage() {
  const isAdmin = useIsAdmin()
  const connections = useQuery(connectionsQuery)
  if (connections.isPending) {
    return (
      <Page title="Overview">
        <RowsSkeleton rows={8} height={48} />
      </Page>
    )
  }
  if (connections.isError && connections.data === undefined) {
    return (
      <Page title="Overview">
        <Failed error={connections.error} retry={() => void connections.refetch()} />
      </Page>
    )
  }
  if (connections.data.length === 0) return isAdmin ? <FirstRun /> : <NothingConnected />
  return (
    <Page title="Overview" lead={<StateLine connections={connections.data} />}>
      <SeverityTotals />
      <div className={classes['columns']}>
        <Registries connections={connections.data} />
        <Attention connections={connections.data} />
      </div>
    </Page>
  )
}

/** As the lists count: an image that several connections see is one. */
function useImageTotals(connections: readonly RegistryConnection[]): {
  images: string
  scannedPercent: number | null
} {
  const all = useQuery(firstImagesQuery({})).data?.total ?? null
  const completed = useQuery(firstImagesQuery({ status: 'Completed' })).data?.total ?? null
  const wanted = useQuery(firstImagesQuery({ status: SCAN_STATUSES.join(',') })).data?.total ?? null
  return {
    images: all === null ? 'All images' : totalWords(all, 'image'),
    scannedPercent:
      completed === null || wanted === null
        ? null
        : (percentOf(completed, wanted) ?? percentOfAll(connections.map(({ counts }) => counts))),
  }
}

/** "412 images in 3 registries · 96 % scanned · vulnerability data 5 h old". */
function StateLine({ connections }: { connections: readonly RegistryConnection[] }) {
  const database = useQuery(databaseQuery).data
  const now = useNow()
  const { images, scannedPercent } = useImageTotals(connections)
  const age = database?.updatedAt ?? null
  return (
    <span className="tabular">
      <LinkAnchor to="/images" size="sm">
        {images}
      </LinkAnchor>{' '}
      in{' '}
      <LinkAnchor to="/settings/registry-connections" size="sm">
        {counted(connections.length, 'registry', 'registries')}
      </LinkAnchor>
      {scannedPercent === null ? null : (
        <>
          {' · '}
          <LinkAnchor to="/images" search={{ status: ['Completed'] }} size="sm">
            {scannedPercent} % scanned
          </LinkAnchor>
        </>
      )}
      {database === undefined ? null : (
        <>
          {' · '}
          <LinkAnchor to="/settings" hash="vulnerability-data" size="sm">
            {age === null ? 'no vulnerability data yet' : `vulnerability data ${shortAge(age, now)} old`}
          </LinkAnchor>
        </>
      )}
    </span>
  )
}

/** No connection yet, and not one's own to make. */
function NothingConnected() {
  return (
    <Page title="Overview">
      <Empty icon={<IconBuildingLighthouse size={22} />} title="No registry is connected yet">
        <AskAdministrator to="connect one" />
      </Empty>
    </Page>
  )
}

/** No connection yet: the one thing to do. */
function FirstRun() {
  const platforms = useQuery(platformsQuery)
  return (
    <Page title="Connect your first registry">
      <div data-face="empty">
        <Text size="sm" c="dimmed" mb="md" maw={640}>
          Choose where your images are. Portolan lists every repository and tag, scans the images and says
          which known vulnerabilities each of them carries.
        </Text>
        <Title order={2} mb="sm">
          Choose a platform
        </Title>
        {platforms.isPending ? <RowsSkeleton rows={4} height={64} /> : null}
        {platforms.isError ? <Failed error={platforms.error} retry={() => void platforms.refetch()} /> : null}
        {platforms.data === undefined ? null : <PlatformTiles platforms={platforms.data.items} />}
      </div>
    </Page>
  )
}
