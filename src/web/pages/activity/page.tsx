import { Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconActivity } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { Scan } from '../../../contract/index.ts'
import { call } from '../../api/client.ts'
import { usePagedList } from '../../api/paged-list.ts'
import { connectionsQuery } from '../../api/queries.ts'
import { ConnectionProgress } from '../../components/connection-progress.tsx'
import { ConnectionSelect } from '../../components/connection-select.tsx'
import { Empty } from '../../components/faces.tsx'
import { LinkButton } from '../../components/links.tsx'
import { ListView } from '../../components/list-view.tsx'
import { Page } from '../../components/page.tsx'
import { type ActivitySearch, present } from '../../lib/address.ts'
import { ScanCard } from './card.tsx'
import { scanColumns } from './columns.tsx'

const route = getRouteApi('/app/activity')
const keyOf = (scan: Scan): string => scan.id
const TOPICS = ['images.changed'] as const

const STATES = [
  { value: 'all', label: 'All' },
  { value: 'scanning', label: 'Running' },
  { value: 'pending', label: 'Waiting' },
  { value: 'failed', label: 'Failed' },
  { value: 'completed', label: 'Done' },
]

export function ActivityPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (part: { [K in keyof ActivitySearch]: ActivitySearch[K] | undefined }): void =>
    void navigate({ search: (old) => present({ ...old, ...part }) as ActivitySearch, replace: true })
  const list = usePagedList<Scan>({
    queryKey: ['scans', search],
    fetchPage: (cursor, signal) =>
      call(
        'listScans',
        { query: { ...search, limit: 100, ...(cursor === undefined ? {} : { cursor }) } },
        signal,
      ),
    keyOf,
    topics: TOPICS,
  })
  return (
    <Page title="Activity" lead="What runs, waits and failed." fill>
      <Running />
      <Group gap="xs" mb="sm">
        <SegmentedControl
          size="xs"
          aria-label="State"
          data={STATES}
          value={search.state ?? 'all'}
          onChange={(value) => change({ state: value === 'all' ? undefined : (value as Scan['state']) })}
        />
        <ConnectionSelect value={search.connection} onChange={(connection) => change({ connection })} />
      </Group>
      <ListView
        list={list}
        label="Scans"
        noun="scan"
        columns={scanColumns}
        rowKey={keyOf}
        Card={ScanCard}
        empty={<NoScans state={search.state} />}
      />
    </Page>
  )
}

/** Discoveries and scans of whole connections that run now. */
function Running() {
  const connections = useQuery(connectionsQuery)
  const busy = (connections.data ?? []).filter((connection) => connection.progress !== null)
  if (busy.length === 0) return null
  return (
    <Stack gap="xs" mb="md" component="section" aria-label="Running">
      {busy.map(({ id, name, progress }) =>
        progress === null ? null : (
          <div key={id}>
            <Text size="sm" fw={600}>
              {name}
            </Text>
            <ConnectionProgress name={name} progress={progress} />
          </div>
        ),
      )}
    </Stack>
  )
}

function NoScans({ state }: { state: ActivitySearch['state'] }) {
  if (state === 'failed') {
    return <Empty icon={<IconActivity size={22} />} title="No scan failed" />
  }
  return (
    <Empty
      icon={<IconActivity size={22} />}
      title={state === undefined ? 'No scan yet' : 'No scan in this state'}
      action={<LinkButton to="/settings/registry-connections">Scan Images of a registry</LinkButton>}
    />
  )
}
