import { Text } from '@mantine/core'
import { useMemo } from 'react'
import type { Image } from '../../../contract/index.ts'
import type { Column } from '../../components/data-table.tsx'
import { Digest } from '../../components/digest.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { bytes } from '../../lib/format.ts'
import { FindingCounts, Platforms, RepositoryLink, ScanState, ScmLink, Tags } from './cells.tsx'

/** The image table's columns, in the order of the documentation. */
export function useImageColumns(): readonly Column<Image>[] {
  return useMemo(
    () => [
      {
        id: 'repository',
        header: 'Repository',
        width: 150,
        grow: 4,
        cell: (image) => <RepositoryLink image={image} />,
      },
      { id: 'tags', header: 'Tags', width: 200, grow: 4, cell: (image) => <Tags image={image} /> },
      { id: 'digest', header: 'Digest', width: 130, cell: (image) => <Digest digest={image.digest} /> },
      {
        id: 'lifecycle',
        header: 'Lifecycle',
        width: 82,
        cell: ({ lifecycle }) => (
          <Text span inherit {...(lifecycle === 'Latest' ? {} : { c: 'dimmed' })}>
            {lifecycle}
          </Text>
        ),
      },
      { id: 'scm', header: 'SCM Link', width: 86, grow: 1, cell: (image) => <ScmLink image={image} /> },
      { id: 'status', header: 'Scan Status', width: 134, cell: (image) => <ScanState image={image} /> },
      {
        id: 'findings',
        header: 'Findings',
        // Five severities of three digits.
        width: 224,
        grow: 1,
        cell: (image) => <FindingCounts image={image} />,
      },
      {
        id: 'pushed',
        header: 'Pushed',
        width: 130,
        leaves: 3,
        cell: (image) => <TimeAgo time={image.pushedAt} />,
      },
      {
        id: 'size',
        header: 'Size',
        width: 98,
        leaves: 2,
        align: 'right',
        cell: ({ sizeBytes }) => (sizeBytes === null ? '–' : bytes(sizeBytes)),
      },
      {
        id: 'platforms',
        header: 'Platforms',
        width: 120,
        leaves: 1,
        grow: 1,
        cell: (image) => <Platforms image={image} />,
      },
    ],
    [],
  )
}
