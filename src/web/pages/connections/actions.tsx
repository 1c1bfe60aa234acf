import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { RegistryConnection } from '../../../contract/index.ts'
import { useConnectionActions } from '../../components/actions.ts'
import { useIsAdmin } from '../../components/admin.ts'
import { LinkMenuItem } from '../../components/links.tsx'
import { failed } from '../../components/toast.ts'

/** The two things that one does with a connection. */
export function RowActions({ connection }: { connection: RegistryConnection }) {
  const { discover, scan } = useConnectionActions()
  const busy = connection.progress !== null
  return (
    <>
      <Button
        variant="default"
        size="compact-xs"
        onClick={() => discover.mutate(connection)}
        loading={discover.isPending}
        disabled={busy || !connection.enabled}
        aria-label={`Discover Images of ${connection.name}`}
      >
        Discover Images
      </Button>
      <Button
        variant="default"
        size="compact-xs"
        onClick={() => scan.mutate(connection)}
        loading={scan.isPending}
        disabled={busy || !connection.enabled}
        aria-label={`Scan Images of ${connection.name}`}
      >
        Scan Images
      </Button>
    </>
  )
}

export interface RowMenuProps {
  connection: RegistryConnection
  remove: (connection: RegistryConnection) => void
}

export function RowMenu({ connection, remove }: RowMenuProps) {
  const { discover, discoverAll, scan, check } = useConnectionActions()
  const isAdmin = useIsAdmin()
  const checkNow = (): void =>
    check.mutate(connection, {
      onSuccess: (answer) => {
        const step = answer.steps.find((step) => step.state === 'failed')
        if (!answer.ok) {
          const text = [answer.error?.message ?? step?.message, answer.error?.remedy ?? step?.remedy]
          failed('Failed to connect', new Error(text.filter(Boolean).join(' ')))
        }
      },
    })
  return (
    <Menu position="bottom-end" width={215}>
      <Menu.Target>
        <ActionIcon aria-label={`Actions for ${connection.name}`} data-actions-of={connection.id}>
          <IconDots size={17} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <LinkMenuItem to="/images" search={{ connection: connection.id }}>
          View Images
        </LinkMenuItem>
        <Menu.Item onClick={() => discover.mutate(connection)} disabled={!connection.enabled}>
          Discover Images
        </Menu.Item>
        <Menu.Item
          onClick={() => discoverAll.mutate(connection)}
          disabled={!connection.enabled}
          title="Asks for every repository and tag, also for what seems unchanged"
        >
          Discover everything again
        </Menu.Item>
        <Menu.Item onClick={() => scan.mutate(connection)} disabled={!connection.enabled}>
          Scan Now
        </Menu.Item>
        <Menu.Item onClick={checkNow}>Check connection</Menu.Item>
        {isAdmin ? <AdminItems connection={connection} remove={remove} /> : null}
      </Menu.Dropdown>
    </Menu>
  )
}

/** What only an administrator may do. */
function AdminItems({ connection, remove }: RowMenuProps) {
  const { enable } = useConnectionActions()
  return (
    <>
      <Menu.Divider />
      <LinkMenuItem
        to="/settings/registry-connections/$id/edit"
        params={{ id: connection.id }}
        search={connection.status === 'Error' ? { step: 'credentials' } : { step: 'configuration' }}
      >
        Edit
      </LinkMenuItem>
      <LinkMenuItem to="/settings/registry-connections/$id/notifications" params={{ id: connection.id }}>
        Push Notifications
      </LinkMenuItem>
      <Menu.Item onClick={() => enable.mutate({ ...connection, enabled: !connection.enabled })}>
        {connection.enabled ? 'Disable' : 'Enable'}
      </Menu.Item>
      <Menu.Item color="var(--tone-bad)" onClick={() => remove(connection)}>
        Delete
      </Menu.Item>
    </>
  )
}
