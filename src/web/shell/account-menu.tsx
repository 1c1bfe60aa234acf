import { ActionIcon, Menu, Text } from '@mantine/core'
import { IconLogout, IconUserCircle } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { signOut } from '../api/client.ts'
import { sessionQuery } from '../api/queries.ts'
import { failed } from '../components/toast.ts'

export function AccountMenu() {
  const session = useQuery(sessionQuery)
  const client = useQueryClient()
  const navigate = useNavigate()
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      await navigate({ to: '/sign-in', search: {} })
      client.clear()
    },
    onError: (error) => failed('Sign out failed', error),
  })
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon aria-label="Account">
          <IconUserCircle size={19} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div style={{ padding: '0.375rem 0.75rem' }}>
          <Text size="sm" fw={600} truncate>
            {session.data?.user.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {session.data?.user.email}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {session.data?.organisation.name}
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} aria-hidden />} onClick={() => leave.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
