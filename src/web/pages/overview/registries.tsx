import { Group, Progress, Stack, Text, Title } from '@mantine/core'
import type { RegistryConnection } from '../../../contract/index.ts'
import { LinkAnchor } from '../../components/links.tsx'
import { ConnectionBadge } from '../../components/state-badge.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { counted } from '../../lib/format.ts'
import { scannedPercent } from '../../lib/overview.ts'
import classes from './overview.module.css'

export function Registries({ connections }: { connections: readonly RegistryConnection[] }) {
  return (
    <section className={classes['panel']} aria-labelledby="registries-title">
      <Title order={2} id="registries-title" mb="xs">
        Registries
      </Title>
      <ul className={classes['rows']}>
        {connections.map((connection) => (
          <li key={connection.id}>
            <RegistryRow connection={connection} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function RegistryRow({ connection }: { connection: RegistryConnection }) {
  const scanned = scannedPercent(connection.counts)
  return (
    <div className={classes['registry']}>
      <Stack gap={0} miw={0}>
        <LinkAnchor
          to="/images"
          search={{ connection: connection.id }}
          size="sm"
          fw={600}
          c="inherit"
          className="clip"
        >
          {connection.name}
        </LinkAnchor>
        <Text size="xs" c="dimmed" className="clip">
          {connection.platformLabel}
        </Text>
      </Stack>
      <div>
        <ConnectionBadge status={connection.status} />
      </div>
      <Stack gap={3}>
        <Group justify="space-between" gap="xs">
          <LinkAnchor to="/images" search={{ connection: connection.id }} size="xs" className="tabular">
            {counted(connection.counts.images, 'image')}
          </LinkAnchor>
          <Text size="xs" c="dimmed" className="tabular">
            {scanned === null ? 'nothing to scan' : `${scanned} % scanned`}
          </Text>
        </Group>
        <Progress size={4} value={scanned ?? 0} aria-label={`Scanned images of ${connection.name}`} />
      </Stack>
      <Text size="xs" c="dimmed">
        {connection.nextRunAt === null || !connection.enabled ? (
          'no scan planned'
        ) : (
          <>
            next scan <TimeAgo time={connection.nextRunAt} />
          </>
        )}
      </Text>
    </div>
  )
}
