import { Group, Stack, Text, Tooltip, VisuallyHidden } from '@mantine/core'
import { IconLockOpen } from '@tabler/icons-react'
import type { RegistryConnection } from '../../../contract/index.ts'
import { useIsAdmin } from '../../components/admin.ts'
import { LinkAnchor } from '../../components/links.tsx'
import { CONNECTION_STATES, ConnectionBadge, StateBadge } from '../../components/state-badge.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { absoluteTime, counted, number, scanInterval } from '../../lib/format.ts'

interface CellProps {
  connection: RegistryConnection
}

export function Name({ connection }: CellProps) {
  return (
    <Stack gap={0} miw={0}>
      <Group gap={6} wrap="nowrap">
        <LinkAnchor
          to="/images"
          search={{ connection: connection.id }}
          fw={600}
          c="inherit"
          size="sm"
          className="wrap-words"
        >
          {connection.name}
        </LinkAnchor>
        {connection.enabled ? null : <StateBadge tone="calm" word="Disabled" />}
        {connection.insecure ? (
          <Tooltip label="Plain HTTP or unverified TLS: the operator allowed it for this connection.">
            <span style={{ color: 'var(--tone-warn)' }}>
              <IconLockOpen size={15} aria-hidden />
              <VisuallyHidden>Insecure transport</VisuallyHidden>
            </span>
          </Tooltip>
        ) : null}
      </Group>
      <Text span size="xs" c="dimmed" className="mono clip" maw={240} title={connection.host}>
        {connection.host}
      </Text>
    </Stack>
  )
}

/** Badge, and under it what to do next. */
export function Status({ connection }: CellProps) {
  const { status } = connection
  const isAdmin = useIsAdmin()
  return (
    <Stack gap={3} align="flex-start">
      <ConnectionBadge status={status} />
      <Text size="xs" c="dimmed">
        {status === 'Error' && isAdmin ? (
          <LinkAnchor
            to="/settings/registry-connections/$id/edit"
            params={{ id: connection.id }}
            search={{ step: 'credentials' }}
            size="xs"
          >
            {CONNECTION_STATES.Error.action}
          </LinkAnchor>
        ) : (
          CONNECTION_STATES[status].action
        )}
      </Text>
    </Stack>
  )
}

const ACCESS: Readonly<Record<RegistryConnection['access'], string>> = {
  'Public/Manual': 'A public registry that was detected.',
  Private: 'Created from the integrations page.',
  'System-managed': 'Found automatically by a cluster scan.',
}

export function Access({ access }: { access: RegistryConnection['access'] }) {
  return (
    <Tooltip label={ACCESS[access]}>
      <Text span size="sm">
        {access}
      </Text>
    </Tooltip>
  )
}

export function ScanInterval({ connection }: CellProps) {
  const { scanIntervalHours, nextRunAt, enabled } = connection
  const schedule = scanInterval(scanIntervalHours)
  const next = !enabled || nextRunAt === null ? 'none planned' : absoluteTime(nextRunAt)
  return (
    <Tooltip
      label={
        <>
          <b>Scan Schedule</b>
          <div>{schedule === 'Manual' ? 'Only when someone starts it' : schedule}</div>
          <div>Next scan: {next}</div>
        </>
      }
    >
      <Stack gap={0} tabIndex={0} w="fit-content">
        <Text span size="sm">
          {schedule}
        </Text>
        {enabled && nextRunAt !== null ? (
          <Text span size="xs" c="dimmed">
            next <TimeAgo time={nextRunAt} />
          </Text>
        ) : null}
      </Stack>
    </Tooltip>
  )
}

export function LastDiscovery({ connection }: CellProps) {
  const last = connection.lastDiscovery
  if (last === null) {
    return (
      <Text span size="sm" c="dimmed">
        Never
      </Text>
    )
  }
  return (
    <Stack gap={0}>
      <Text span size="sm">
        <TimeAgo time={last.at} />
      </Text>
      <Text span size="xs" c="dimmed" className="tabular">
        {counted(last.repositories, 'repository', 'repositories')}, {counted(last.tags, 'tag')}
      </Text>
    </Stack>
  )
}

/** Every number leads to the images that it counts. */
export function Counts({ connection }: CellProps) {
  const { counts, id } = connection
  const states = [
    ['Pending', counts.pending],
    ['Scanning', counts.scanning],
    ['Completed', counts.completed],
    ['Failed', counts.failed],
  ] as const
  return (
    <Stack gap={0}>
      <LinkAnchor to="/images" search={{ connection: id }} size="sm" className="tabular">
        {counted(counts.images, 'image')}
      </LinkAnchor>
      <Group gap="0 8px">
        {states
          .filter(([, count]) => count > 0)
          .map(([status, count]) => (
            <LinkAnchor
              key={status}
              to="/images"
              search={{ connection: id, status: [status] }}
              size="xs"
              className="tabular nowrap"
              {...(status === 'Failed' ? { c: 'var(--tone-bad)' } : { c: 'dimmed' })}
            >
              {number(count)} {status}
            </LinkAnchor>
          ))}
      </Group>
    </Stack>
  )
}
