import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { platformsQuery } from '../../api/queries.ts'
import { useIsAdmin } from '../../components/admin.ts'
import { AdminsOnly } from '../../components/admins-only.tsx'
import { Failed, RowsSkeleton } from '../../components/faces.tsx'
import { Page } from '../../components/page.tsx'
import { type Draft, NEW_DRAFT } from '../../lib/connection-form.ts'
import { Wizard } from './wizard.tsx'

const route = getRouteApi('/app/settings/registry-connections/new')

export function AddConnectionPage() {
  return useIsAdmin() ? <AddConnection /> : <AdminsOnly title="Add Connection" to="connect a registry" />
}

function AddConnection() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const platforms = useQuery(platformsQuery)
  const [draft, setDraft] = useState<Draft>(NEW_DRAFT)
  const platform = platforms.data?.items.find((candidate) => candidate.id === search.platform)
  // Fields of another platform keep nothing: a secret typed for one registry never goes to another.
  const choosePlatform = (id: string): void => {
    if (id !== search.platform) setDraft((old) => ({ ...old, values: {} }))
    void navigate({ search: { platform: id }, replace: true })
  }
  return (
    <Page
      title="Add Connection"
      lead="Connect a registry once; its images are then discovered and scanned by themselves."
    >
      {platforms.isPending ? <RowsSkeleton rows={4} /> : null}
      {platforms.isError ? <Failed error={platforms.error} retry={() => void platforms.refetch()} /> : null}
      {platforms.data === undefined ? null : (
        <Wizard
          platforms={platforms.data.items}
          egressAddresses={platforms.data.egressAddresses}
          platform={platform}
          choosePlatform={choosePlatform}
          draft={draft}
          change={(change) => setDraft((old) => ({ ...old, ...change }))}
          firstStep={platform === undefined ? 'platform' : 'credentials'}
        />
      )}
    </Page>
  )
}
