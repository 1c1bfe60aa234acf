import { Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { RegistryConnection } from '../../../contract/index.ts'
import { databaseQuery, firstImagesQuery } from '../../api/queries.ts'
import { useIsAdmin } from '../../components/admin.ts'
import { Failed } from '../../components/faces.tsx'
import { LinkAnchor } from '../../components/links.tsx'
import { totalWords } from '../../lib/format.ts'
import classes from './overview.module.css'

const SHOWN_FAILURES = 3

/** What needs a person: failing connections, failed scans, old vulnerability data. */
export function Attention({ connections }: { connections: readonly RegistryConnection[] }) {
  const database = useQuery(databaseQuery)
  const failedImages = useQuery(firstImagesQuery({ status: 'Failed' }, SHOWN_FAILURES)).data
  const failing = connections.filter((connection) => connection.status === 'Error')
  const incomplete = connections.filter(
    ({ lastDiscovery }) => (lastDiscovery?.incompleteBecause ?? null) !== null,
  )
  const items: ReactNode[] = [
    database.data?.stale === true ? (
      <Item key="database">
        <LinkAnchor to="/settings" hash="vulnerability-data" size="sm">
          {database.data.updatedAt === null
            ? 'No vulnerability data yet'
            : 'Vulnerability data is over two days old'}
        </LinkAnchor>
        <Text size="xs" c="dimmed">
          {database.data.message}
        </Text>
      </Item>
    ) : null,
    ...failing.map((connection) => (
      <Item key={connection.id}>
        <FailingName connection={connection} />
        <Text size="xs" c="dimmed" className="wrap-anywhere">
          Failed to connect:{' '}
          {connection.statusReason?.message ?? 'authentication failed or network unreachable.'}
        </Text>
      </Item>
    )),
    ...incomplete.map((connection) => (
      <Item key={`${connection.id} incomplete`}>
        <LinkAnchor to="/settings/registry-connections" size="sm">
          {connection.name}: discovery is incomplete
        </LinkAnchor>
        <Text size="xs" c="dimmed" className="wrap-anywhere">
          because {connection.lastDiscovery?.incompleteBecause}
        </Text>
      </Item>
    )),
    failedImages === undefined || failedImages.items.length === 0 ? null : (
      <Item key="scans">
        <LinkAnchor to="/images" search={{ status: ['Failed'] }} size="sm">
          {totalWords(failedImages.total ?? String(failedImages.items.length), 'image')} could not be scanned
        </LinkAnchor>
        {failedImages.items.map(({ id, repository, scanReason }) => (
          <Text key={id} size="xs" c="dimmed" className="clip">
            {repository.path}: {scanReason?.message ?? 'no reason stored'}
          </Text>
        ))}
      </Item>
    ),
  ].filter((item) => item !== null)
  return (
    <section className={classes['panel']} aria-labelledby="attention-title">
      <Title order={2} id="attention-title" mb="xs">
        Needs attention
      </Title>
      {database.isError && database.data === undefined ? (
        <Failed error={database.error} retry={() => void database.refetch()} />
      ) : null}
      {items.length > 0 ? (
        <ul className={classes['rows']}>{items}</ul>
      ) : (
        <Text size="sm" c="dimmed" className={classes['calm'] ?? ''}>
          <IconCircleCheck size={16} aria-hidden /> Nothing failed.
        </Text>
      )}
    </section>
  )
}

function Item({ children }: { children: ReactNode }) {
  return (
    <li className={classes['item']}>
      <IconAlertTriangle size={16} aria-hidden />
      <div style={{ minWidth: 0 }}>{children}</div>
    </li>
  )
}

/** For who may mend it the way there; for others its name. */
function FailingName({ connection }: { connection: RegistryConnection }) {
  const text = `${connection.name}: Error`
  if (!useIsAdmin()) return <Text size="sm">{text}</Text>
  return (
    <LinkAnchor
      to="/settings/registry-connections/$id/edit"
      params={{ id: connection.id }}
      search={{ step: 'credentials' }}
      size="sm"
    >
      {text}
    </LinkAnchor>
  )
}
