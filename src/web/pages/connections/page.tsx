import { Button, Group } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconBuildingLighthouse, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { RegistryConnection } from '../../../contract/index.ts'
import { connectionsQuery } from '../../api/queries.ts'
import { useConnectionActions } from '../../components/actions.ts'
import { useIsAdmin } from '../../components/admin.ts'
import { AskAdministrator } from '../../components/admins-only.tsx'
import { Empty, Failed, RowsSkeleton } from '../../components/faces.tsx'
import { focusOn } from '../../components/focus.ts'
import { LinkButton } from '../../components/links.tsx'
import { Page } from '../../components/page.tsx'
import { counted } from '../../lib/format.ts'
import { ConnectionCards } from './cards.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { ConnectionTable } from './table.tsx'

/** While something runs the list is also polled: slowly, as the events tell of changes first. */
const POLL_WHILE_BUSY_MS = 3_000

function AddButton() {
  return useIsAdmin() ? (
    <LinkButton to="/settings/registry-connections/new" leftSection={<IconPlus size={15} aria-hidden />}>
      Add Connection
    </LinkButton>
  ) : null
}

export function ConnectionsPage() {
  const connections = useQuery({
    ...connectionsQuery,
    refetchInterval: (query) =>
      query.state.data?.some((connection) => connection.progress !== null) === true
        ? POLL_WHILE_BUSY_MS
        : false,
  })
  const isAdmin = useIsAdmin()
  const [deleting, setDeleting] = useState<RegistryConnection | null>(null)
  const endDeleting = (): void => {
    setDeleting(null)
    focusOn(`[data-actions-of="${deleting?.id ?? ''}"]`)
  }
  return (
    <Page
      title="Registry Connections"
      lead="Accounts at container registries. Images are discovered and scanned by themselves, on each connection's schedule."
      actions={connections.data?.length === 0 ? undefined : <AddButton />}
    >
      {connections.isPending ? <RowsSkeleton rows={5} height={56} /> : null}
      {connections.isError && connections.data === undefined ? (
        <Failed error={connections.error} retry={() => void connections.refetch()} />
      ) : null}
      {connections.data?.length === 0 ? (
        <Empty
          icon={<IconBuildingLighthouse size={22} />}
          title="No registry is connected yet"
          action={<AddButton />}
        >
          Connect one, and Portolan lists its images and says which known vulnerabilities each of them
          carries. {isAdmin ? null : <AskAdministrator to="connect one" />}
        </Empty>
      ) : null}
      {connections.data === undefined || connections.data.length === 0 ? null : (
        <ConnectionList connections={connections.data} remove={setDeleting} />
      )}
      <DeleteDialog connection={deleting} close={endDeleting} />
    </Page>
  )
}

interface ConnectionListProps {
  connections: readonly RegistryConnection[]
  remove: (connection: RegistryConnection) => void
}

function ConnectionList({ connections, remove }: ConnectionListProps) {
  const narrow = useMediaQuery('(max-width: 72em)', undefined, { getInitialValueInEffect: false })
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const chosen = connections.filter((connection) => selected.has(connection.id))
  return (
    <>
      <BulkBar chosen={chosen} clear={() => setSelected(new Set())} />
      {narrow === true ? (
        <ConnectionCards connections={connections} remove={remove} />
      ) : (
        <ConnectionTable connections={connections} selected={selected} select={setSelected} remove={remove} />
      )}
    </>
  )
}

/** What can be done with the selected connections together. */
function BulkBar({ chosen, clear }: { chosen: readonly RegistryConnection[]; clear: () => void }) {
  const { scan } = useConnectionActions()
  if (chosen.length === 0) return null
  const leave = (): void => {
    clear()
    focusOn('[data-select-all]')
  }
  const scanAll = (): void => {
    for (const connection of chosen) scan.mutate(connection)
    leave()
  }
  return (
    <Group gap="xs" mb="xs" role="toolbar" aria-label="Selected connections">
      <span className="tabular">{counted(chosen.length, 'connection')} selected</span>
      <Button onClick={scanAll}>Scan Now</Button>
      <Button variant="default" onClick={leave}>
        Clear
      </Button>
    </Group>
  )
}
