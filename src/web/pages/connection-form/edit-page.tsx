import { Box } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import type { RegistryConnection } from '../../../contract/index.ts'
import { connectionQuery, platformsQuery } from '../../api/queries.ts'
import { useIsAdmin } from '../../components/admin.ts'
import { AdminsOnly } from '../../components/admins-only.tsx'
import { Failed, RowsSkeleton } from '../../components/faces.tsx'
import { Page } from '../../components/page.tsx'
import { hasTrouble, Trouble } from '../../components/trouble.tsx'
import { draftOf } from '../../lib/connection-form.ts'
import { Wizard, type WizardProps } from './wizard.tsx'

const route = getRouteApi('/app/settings/registry-connections/$id/edit')

export function EditConnectionPage() {
  return useIsAdmin() ? <EditConnection /> : <AdminsOnly title="Edit" to="change this connection" />
}

function EditConnection() {
  const { id } = route.useParams()
  const { step } = route.useSearch()
  const platforms = useQuery(platformsQuery)
  const connection = useQuery({ ...connectionQuery(id), staleTime: 0 })
  const error = connection.data === undefined ? (connection.error ?? platforms.error) : platforms.error
  const retry = (): void => {
    void connection.refetch()
    void platforms.refetch()
  }
  return (
    <Page title={connection.data === undefined ? 'Edit' : `Edit ${connection.data.name}`}>
      {error === null ? null : <Failed error={error} retry={retry} />}
      {error === null && (platforms.data === undefined || connection.data === undefined) ? (
        <RowsSkeleton rows={4} />
      ) : null}
      {platforms.data === undefined || connection.data === undefined ? null : (
        <>
          {hasTrouble(connection.data) ? (
            <Box mb="lg">
              <Trouble connection={connection.data} />
            </Box>
          ) : null}
          <EditForm
            // A version that someone else saved since starts the form anew only when the person asks for it.
            key={connection.data.id}
            connection={connection.data}
            platforms={platforms.data.items}
            egressAddresses={platforms.data.egressAddresses}
            firstStep={step ?? 'configuration'}
          />
        </>
      )}
    </Page>
  )
}

type EditFormProps = Pick<WizardProps, 'platforms' | 'egressAddresses' | 'firstStep'> & {
  connection: RegistryConnection
}

function EditForm({ connection, platforms, ...rest }: EditFormProps) {
  // The version on which the form was opened: a change in between is refused, not overwritten.
  const [opened] = useState(connection)
  const platform = platforms.find((candidate) => candidate.id === opened.platform)
  const [draft, setDraft] = useState(() => draftOf(opened, platform?.fields ?? []))
  return (
    <Wizard
      {...rest}
      platforms={platforms}
      platform={platform}
      choosePlatform={() => undefined}
      connection={opened}
      draft={draft}
      change={(change) => setDraft((old) => ({ ...old, ...change }))}
    />
  )
}
