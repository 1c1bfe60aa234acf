import { useMantineColorScheme } from '@mantine/core'
import type { SpotlightActionData } from '@mantine/spotlight'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useConnectionActions } from '../components/actions.ts'
import { useIsAdmin } from '../components/admin.ts'
import { connectionsQuery } from '../api/queries.ts'

const PAGES = [
  ['/', 'Overview'],
  ['/settings/registry-connections', 'Registries'],
  ['/images', 'Images'],
  ['/findings', 'Findings'],
  ['/activity', 'Activity'],
  ['/settings', 'Settings'],
  ['/integrations', 'Integrations'],
] as const

/** What the palette can go to and do. */
export function useCommands(): SpotlightActionData[] {
  const navigate = useNavigate()
  const { setColorScheme } = useMantineColorScheme()
  const connections = useQuery(connectionsQuery).data ?? []
  const isAdmin = useIsAdmin()
  const { discover, scan } = useConnectionActions()
  return [
    ...PAGES.map(([to, label]) => ({
      id: `page-${to}`,
      label: `Go to ${label}`,
      onClick: () => void navigate({ to }),
    })),
    ...(isAdmin
      ? [
          {
            id: 'add-connection',
            label: 'Add Connection',
            onClick: () => void navigate({ to: '/settings/registry-connections/new', search: {} }),
          },
        ]
      : []),
    ...connections.flatMap((connection) => [
      {
        id: `discover-${connection.id}`,
        label: `Discover Images: ${connection.name}`,
        onClick: () => discover.mutate(connection),
      },
      {
        id: `scan-${connection.id}`,
        label: `Scan Images: ${connection.name}`,
        onClick: () => scan.mutate(connection),
      },
    ]),
    ...(['light', 'dark', 'auto'] as const).map((scheme) => ({
      id: `theme-${scheme}`,
      label: `Theme: ${scheme}`,
      onClick: () => setColorScheme(scheme),
    })),
  ]
}
