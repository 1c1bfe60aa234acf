import { skipToken, useQuery } from '@tanstack/react-query'
import { findingQuery } from '../../api/queries.ts'
import { DetailDrawer } from '../../components/detail-drawer.tsx'
import { Failed, RowsSkeleton } from '../../components/faces.tsx'
import { FindingDetails } from './details.tsx'

export interface FindingDrawerProps {
  id: string | undefined
  close: () => void
}

export function FindingDrawer({ id, close }: FindingDrawerProps) {
  const finding = useQuery(
    id === undefined ? { queryKey: ['findings', 'none'], queryFn: skipToken } : findingQuery(id),
  )
  return (
    <DetailDrawer opened={id !== undefined} close={close} title={finding.data?.vulnerabilityId ?? 'Finding'}>
      {finding.isLoading ? <RowsSkeleton rows={8} height={32} /> : null}
      {finding.isError && finding.data === undefined ? (
        <Failed error={finding.error} retry={() => void finding.refetch()} />
      ) : null}
      {finding.data === undefined ? null : <FindingDetails finding={finding.data} />}
    </DetailDrawer>
  )
}
