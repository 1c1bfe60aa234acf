import type { Scan } from '../../../contract/index.ts'
import type { Column } from '../../components/data-table.tsx'
import { Digest } from '../../components/digest.tsx'
import { ScanStateBadge } from '../../components/state-badge.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { number } from '../../lib/format.ts'
import { Reason, RepositoryLink, Retry } from './cells.tsx'

export const scanColumns: readonly Column<Scan>[] = [
  { id: 'state', header: 'State', width: 136, cell: (scan) => <ScanStateBadge state={scan.state} /> },
  {
    id: 'repository',
    header: 'Repository',
    width: 200,
    grow: 2,
    cell: (scan) => <RepositoryLink scan={scan} />,
  },
  { id: 'digest', header: 'Digest', width: 144, cell: (scan) => <Digest digest={scan.digest} /> },
  { id: 'reason', header: 'Reason', width: 220, grow: 4, cell: (scan) => <Reason scan={scan} /> },
  {
    id: 'attempt',
    header: 'Attempt',
    width: 72,
    align: 'right',
    hideBelow: 900,
    cell: (scan) => number(scan.attempt),
  },
  { id: 'requested', header: 'Requested', width: 112, cell: (scan) => <TimeAgo time={scan.requestedAt} /> },
  {
    id: 'finished',
    header: 'Finished',
    width: 112,
    hideBelow: 1000,
    cell: (scan) => <TimeAgo time={scan.finishedAt} />,
  },
  { id: 'retry', header: 'Action', width: 116, align: 'right', cell: (scan) => <Retry scan={scan} /> },
]
