import { Button, Tooltip } from '@mantine/core'
import type { Scan } from '../../../contract/index.ts'
import { useScanActions } from '../../components/actions.ts'
import { ReasonText } from '../../components/faces.tsx'
import { LinkAnchor } from '../../components/links.tsx'

interface CellProps {
  scan: Scan
}

/** A scan names its repository with its registry: the path is what tells rows apart. */
function pathOf(repository: string): string {
  return repository.slice(repository.indexOf('/') + 1)
}

export function RepositoryLink({ scan }: CellProps) {
  return (
    <LinkAnchor
      to="/images/$id"
      params={{ id: String(scan.imageId) }}
      data-row-link
      c="inherit"
      fw={500}
      size="sm"
      underline="never"
      title={scan.repository}
    >
      {pathOf(scan.repository)}
    </LinkAnchor>
  )
}

export function Reason({ scan }: CellProps) {
  if (scan.reason === null) return <span>–</span>
  return (
    <Tooltip label={<ReasonText reason={scan.reason} />}>
      <span>{scan.reason.message}</span>
    </Tooltip>
  )
}

export function Retry({ scan }: CellProps) {
  const { retryScan } = useScanActions()
  if (scan.state !== 'failed' && scan.state !== 'cancelled') return null
  return (
    <Button
      variant="default"
      size="compact-xs"
      loading={retryScan.isPending}
      onClick={() => retryScan.mutate(scan)}
      aria-label={`Try again: scan of ${scan.repository}`}
    >
      Try again
    </Button>
  )
}
