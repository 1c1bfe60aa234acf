import type { Scan } from '../../../contract/index.ts'
import type { Column } from '../../components/data-table.tsx'
import { Digest } from '../../components/digest.tsx'
import { ScanStateBadge } from '../../components/state-badge.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { number } from '../../lib/format.ts'
import { Reason, RepositoryLink, Retry } from './cells.tsx'

export const scanColumns: readonly Column<Scan>[] = [
  { id: 'state', header: 'State', width: 134, cell: (scan) => <ScanStateBadge state={scan.state} /> },
  {
    id: 'repository',
    header: 'Repository',
    width: 200,
    grow: 2,
    cell: (scan) => <RepositoryLink scan={scan} />,
  },
  { id: 'digest', header: 'Digest', width: 130, cell: (scan) => <Digest digest={scan.digest} /> },
  { id: 'reason', header: 'Reason', width: 200, grow: 4, cell: (scan) => <Reason scan={scan} /> },
  {
    id: 'attempt',
    header: 'Attempt',
    width: 72,
    align: 'right',
    leaves: 1,
    cell: (scan) => number(scan.attempt),
  },
  { id: 'requested', header: 'Requested', width: 130, cell: (scan) => <TimeAgo time={scan.requestedAt} /> },
  {
    id: 'finished',
    header: 'Finished',
    width: 130,
    leaves: 2,
    cell: (scan) => <TimeAgo time={scan.finishedAt} />,
  },
  { id: 'retry', header: 'Action', width: 120, align: 'right', cell: (scan) => <Retry scan={scan} /> },
]
