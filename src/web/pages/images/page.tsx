import { IconStack2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { Image } from '../../../contract/index.ts'
import { call } from '../../api/client.ts'
import { usePagedList } from '../../api/paged-list.ts'
import { connectionsQuery } from '../../api/queries.ts'
import { useIsAdmin } from '../../components/admin.ts'
import { AskAdministrator } from '../../components/admins-only.tsx'
import { ClearFilters } from '../../components/clear-filters.tsx'
import { Empty } from '../../components/faces.tsx'
import { LinkButton } from '../../components/links.tsx'
import { ListView } from '../../components/list-view.tsx'
import { Page } from '../../components/page.tsx'
import { type ImageSearch, without } from '../../lib/address.ts'
import { ImageCard } from './card.tsx'
import { useImageColumns } from './columns.tsx'
import { ImageDrawer } from './drawer.tsx'
import { ImageFilters } from './filters.tsx'

const route = getRouteApi('/app/images')
const keyOf = (image: Image): number => image.id
const TOPICS = ['images.changed', 'findings.changed'] as const

function queryOf({ status, lifecycle, ...rest }: ImageSearch) {
  return {
    ...without(rest, 'image'),
    ...(status === undefined ? {} : { status: status.join(',') }),
    ...(lifecycle === undefined ? {} : { lifecycle: lifecycle.join(',') }),
  }
}

export function ImagesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = queryOf(search)
  const list = usePagedList<Image>({
    queryKey: ['images', query],
    fetchPage: (cursor, signal) =>
      call(
        'listImages',
        { query: { ...query, limit: 100, ...(cursor === undefined ? {} : { cursor }) } },
        signal,
      ),
    keyOf,
    topics: TOPICS,
  })
  const columns = useImageColumns()
  const change = useCallback(
    (next: ImageSearch) => void navigate({ search: next, replace: true }),
    [navigate],
  )
  const { image: openId, ...filters } = search
  return (
    <Page title="Images" fill>
      <ImageFilters search={filters} change={change} />
      <ListView
        list={list}
        label="Images"
        noun={filters.kind === 'all' ? 'artifact' : 'image'}
        columns={columns}
        rowKey={keyOf}
        activeKey={openId}
        Card={ImageCard}
        empty={<NoImages filtered={Object.keys(filters).length > 0} clear={() => change({})} />}
      />
      <ImageDrawer
        id={openId}
        close={() => void navigate({ search: (old) => without(old, 'image'), resetScroll: false })}
      />
    </Page>
  )
}

function NoImages({ filtered, clear }: { filtered: boolean; clear: () => void }) {
  const connections = useQuery(connectionsQuery)
  const isAdmin = useIsAdmin()
  if (filtered) {
    return (
      <Empty
        icon={<IconStack2 size={22} />}
        title="No image fits these filters"
        action={<ClearFilters clear={clear} />}
      />
    )
  }
  if (connections.data?.length === 0) {
    return (
      <Empty
        icon={<IconStack2 size={22} />}
        title="No registry is connected yet"
        action={
          isAdmin ? (
            <LinkButton to="/settings/registry-connections/new">Add Connection</LinkButton>
          ) : undefined
        }
      >
        Images appear here as soon as a registry is connected.{' '}
        {isAdmin ? null : <AskAdministrator to="connect one" />}
      </Empty>
    )
  }
  return (
    <Empty
      icon={<IconStack2 size={22} />}
      title="No images discovered yet"
      action={<LinkButton to="/settings/registry-connections">Discover Images</LinkButton>}
    >
      The registry has no images yet, or the credentials may not list its repositories.
    </Empty>
  )
}
