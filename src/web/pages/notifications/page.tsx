import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import type { ConnectionNotifications } from '../../../contract/index.ts'
import { connectionQuery, notificationsQuery } from '../../api/queries.ts'
import { useIsAdmin } from '../../components/admin.ts'
import { Empty, Failed, RowsSkeleton } from '../../components/faces.tsx'
import { LinkAnchor } from '../../components/links.tsx'
import { Page } from '../../components/page.tsx'
import { Confirm } from './confirm.tsx'
import { Events } from './events.tsx'
import { SetUp } from './set-up.tsx'
import { useNotificationActions } from './actions.ts'

const route = getRouteApi('/app/settings/registry-connections/$id/notifications')

/** How a connection is told of pushes: the steps at the platform, the address, and what arrived there. */
export function NotificationsPage() {
  const { id } = route.useParams()
  const connection = useQuery(connectionQuery(id))
  const notifications = useQuery(notificationsQuery(id))
  const name = connection.data?.name
  return (
    <Page
      title={name === undefined ? 'Push Notifications' : `Push Notifications: ${name}`}
      lead={
        <>
          A push then starts discovery of just that repository.{' '}
          <LinkAnchor to="/settings/registry-connections" size="sm" underline="always">
            All connections
          </LinkAnchor>
        </>
      }
    >
      {notifications.error === null ? null : (
        <Failed error={notifications.error} retry={() => void notifications.refetch()} />
      )}
      {notifications.isPending ? <RowsSkeleton rows={4} /> : null}
      {notifications.data === undefined ? null : <Content id={id} notifications={notifications.data} />}
    </Page>
  )
}

interface ContentProps {
  id: string
  notifications: ConnectionNotifications
}

function Content({ id, notifications }: ContentProps) {
  if (!notifications.supported) {
    return (
      <Empty icon={<IconBell />} title="This platform does not tell of pushes">
        Pushes are found by discovery. A shorter scan interval finds them sooner.
      </Empty>
    )
  }
  return (
    <Stack gap="lg" maw={860}>
      {notifications.address === null ? (
        <Begin id={id} proof={notifications.proof} />
      ) : (
        <>
          <SetUp notifications={notifications} />
          <Manage id={id} />
        </>
      )}
      <Events events={notifications.events} />
    </Stack>
  )
}

function Begin({ id, proof }: { id: string; proof: string | null }) {
  const isAdmin = useIsAdmin()
  const { renew } = useNotificationActions(id)
  return (
    <Alert icon={<IconBell aria-hidden />} title="No address yet">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          Make an address that only this connection has, and enter it at the platform.
          {proof === null ? null : ` What proves that an event is the platform's: ${proof}.`}
        </Text>
        {isAdmin ? (
          <Button onClick={() => renew.mutate()} loading={renew.isPending}>
            Make an address
          </Button>
        ) : null}
      </Stack>
    </Alert>
  )
}

function Manage({ id }: { id: string }) {
  const { renew, end } = useNotificationActions(id)
  const [asked, ask] = useState<'renew' | 'end' | null>(null)
  const close = (): void => ask(null)
  return (
    <Group gap="xs">
      <Button variant="default" onClick={() => ask('renew')} loading={renew.isPending}>
        Make a new address
      </Button>
      <Button variant="default" onClick={() => ask('end')} loading={end.isPending}>
        End the address
      </Button>
      <Confirm
        opened={asked === 'renew'}
        title="Make a new address?"
        word="Make a new address"
        close={close}
        confirm={() => renew.mutate()}
      >
        The present address and secret stop working at once. Enter the new ones at the platform.
      </Confirm>
      <Confirm
        opened={asked === 'end'}
        title="End the address?"
        word="End the address"
        close={close}
        confirm={() => end.mutate()}
      >
        Events that still come are refused. Pushes are then found by discovery.
      </Confirm>
    </Group>
  )
}
