import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { imageQuery } from '../../api/queries.ts'
import { Failed, RowsSkeleton } from '../../components/faces.tsx'
import { LinkAnchor } from '../../components/links.tsx'
import { Page } from '../../components/page.tsx'
import { ImageDetails } from './details.tsx'

const route = getRouteApi('/app/images/$id')

export function ImagePage() {
  const { id } = route.useParams()
  const image = useQuery(imageQuery(Number(id)))
  const title = image.data === undefined ? 'Image' : image.data.repository.path
  return (
    <Page title={title} lead={<LinkAnchor to="/images">All images</LinkAnchor>}>
      {image.isPending ? <RowsSkeleton rows={8} height={32} /> : null}
      {image.isError && image.data === undefined ? (
        <Failed error={image.error} retry={() => void image.refetch()} />
      ) : null}
      {image.data === undefined ? null : (
        <div style={{ maxWidth: '52rem' }}>
          <ImageDetails image={image.data} />
        </div>
      )}
    </Page>
  )
}
