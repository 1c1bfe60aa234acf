import { useQuery } from '@tanstack/react-query'
import { skipToken } from '@tanstack/react-query'
import { imageQuery } from '../../api/queries.ts'
import { DetailDrawer } from '../../components/detail-drawer.tsx'
import { Failed, RowsSkeleton } from '../../components/faces.tsx'
import { LinkButton } from '../../components/links.tsx'
import { ImageDetails } from './details.tsx'

export interface ImageDrawerProps {
  id: number | undefined
  close: () => void
}

export function ImageDrawer({ id, close }: ImageDrawerProps) {
  const image = useQuery(
    id === undefined ? { queryKey: ['images', 'none'], queryFn: skipToken } : imageQuery(id),
  )
  return (
    <DetailDrawer opened={id !== undefined} close={close} title={image.data?.repository.path ?? 'Image'}>
      {image.isLoading ? <RowsSkeleton rows={8} height={32} /> : null}
      {image.isError && image.data === undefined ? (
        <Failed error={image.error} retry={() => void image.refetch()} />
      ) : null}
      {image.data === undefined || id === undefined ? null : (
        <>
          <ImageDetails image={image.data} />
          <LinkButton to="/images/$id" params={{ id: String(id) }} variant="default" mt="lg">
            Open the whole page
          </LinkButton>
        </>
      )}
    </DetailDrawer>
  )
}
