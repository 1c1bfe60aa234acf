import { Text } from '@mantine/core'
import type { Finding } from '../../../contract/index.ts'
import type { Column } from '../../components/data-table.tsx'
import { LinkAnchor } from '../../components/links.tsx'
import { SeverityWord } from '../../components/severity.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { number } from '../../lib/format.ts'
import { FindingLink, Fix } from './cells.tsx'
import classes from './findings.module.css'

const severity: Column<Finding> = {
  id: 'severity',
  header: 'Severity',
  width: 108,
  cell: (finding) => <SeverityWord severity={finding.severity} />,
}

const vulnerability: Column<Finding> = {
  id: 'vulnerability',
  header: 'Vulnerability',
  width: 230,
  grow: 5,
  cell: (finding) => (
    <span title={finding.title}>
      <FindingLink finding={finding} />
      <span className={classes['title']}>{finding.title}</span>
    </span>
  ),
}

const packageName: Column<Finding> = {
  id: 'package',
  header: 'Package',
  width: 140,
  grow: 1,
  cell: (finding) => (
    <span title={`${finding.packageName} (${finding.ecosystem})`}>
      {finding.packageName}{' '}
      <Text span inherit c="dimmed">
        {finding.ecosystem}
      </Text>
    </span>
  ),
}

const installed: Column<Finding> = {
  id: 'installed',
  header: 'Installed',
  width: 124,
  grow: 1,
  cell: ({ installedVersions: [first, ...rest] }) => (
    <span className="mono" title={[first, ...rest].join(', ')}>
      {first ?? '–'}
      {rest.length > 0 ? ` +${rest.length}` : ''}
    </span>
  ),
}

const fixed: Column<Finding> = {
  id: 'fixed',
  header: 'Fixed version',
  width: 124,
  grow: 1,
  cell: (finding) => <Fix finding={finding} />,
}

const repository: Column<Finding> = {
  id: 'repository',
  header: 'Repository',
  width: 160,
  grow: 2,
  cell: ({ repository }) => (
    <LinkAnchor
      to="/findings"
      search={(old) => ({ ...old, repository: repository.id })}
      c="inherit"
      size="sm"
      title={`${repository.host}/${repository.path}`}
    >
      {repository.path}
    </LinkAnchor>
  ),
}

const images: Column<Finding> = {
  id: 'images',
  header: 'Images',
  width: 72,
  align: 'right',
  cell: (finding) => (
    <LinkAnchor
      to="/findings"
      search={(old) => ({ ...old, finding: finding.id })}
      resetScroll={false}
      size="sm"
      className="tabular"
      title="Where it is"
    >
      {number(finding.images)}
    </LinkAnchor>
  ),
}

const path: Column<Finding> = {
  id: 'path',
  header: 'Path',
  width: 160,
  grow: 2,
  cell: ({ paths: [first, ...rest] }) => (
    <span className="mono" title={[first, ...rest].join('\n')}>
      {first ?? 'package database'}
      {rest.length > 0 ? ` +${rest.length}` : ''}
    </span>
  ),
}

const firstSeen: Column<Finding> = {
  id: 'first-seen',
  header: 'First seen',
  width: 144,
  leaves: 1,
  cell: (finding) => <TimeAgo time={finding.firstSeenAt} />,
}

/** Columns of the list over all images, and of one image's own list. */
export const findingColumns: Readonly<Record<'everywhere' | 'oneImage', readonly Column<Finding>[]>> = {
  everywhere: [severity, vulnerability, packageName, installed, fixed, repository, images, firstSeen],
  oneImage: [severity, vulnerability, packageName, installed, fixed, path, firstSeen],
}
