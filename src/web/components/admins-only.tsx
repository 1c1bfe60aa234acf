import { IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '../api/queries.ts'
import { Empty } from './faces.tsx'
import { LinkButton } from './links.tsx'
import { Page } from './page.tsx'

/** Whom a member asks for what only an administrator may do. */
export function AskAdministrator({ to }: { to: string }) {
  const organisation = useQuery(sessionQuery).data?.organisation.name
  return (
    <>
      Ask an administrator{organisation === undefined ? '' : ` of ${organisation}`} to {to}.
    </>
  )
}

/** In place of a form that the server would refuse. */
export function AdminsOnly({ title, to }: { title: string; to: string }) {
  return (
    <Page title={title}>
      <Empty
        icon={<IconLock size={22} />}
        title="Only administrators may do this"
        action={<LinkButton to="/settings/registry-connections">Registry Connections</LinkButton>}
      >
        <AskAdministrator to={to} />
      </Empty>
    </Page>
  )
}
