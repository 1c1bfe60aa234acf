import { Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconListSearch, IconShieldCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { Finding, FindingSummary } from '../../../contract/index.ts'
import { call } from '../../api/client.ts'
import { usePagedList } from '../../api/paged-list.ts'
import { type FindingFilters, findingSummaryQuery } from '../../api/queries.ts'
import { number, sentence } from '../../lib/format.ts'
import { ClearFilters } from '../../components/clear-filters.tsx'
import { Empty, RowsSkeleton } from '../../components/faces.tsx'
import { LinkButton } from '../../components/links.tsx'
import { ListView } from '../../components/list-view.tsx'
import { Page } from '../../components/page.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { type FindingSearch, without } from '../../lib/address.ts'
import { totalOf } from '../../lib/severity.ts'
import { FindingCard } from './card.tsx'
import { SeverityChips } from './chips.tsx'
import { findingColumns } from './columns.tsx'
import { FindingDrawer } from './drawer.tsx'
import { FilterBar } from './filter-bar.tsx'

const route = getRouteApi('/app/findings')
const keyOf = (finding: Finding): string => finding.id
const TOPICS = ['findings.changed'] as const

function queryOf({ severity, ...rest }: FindingSearch): FindingFilters {
  const others = without(rest, 'finding')
  return { ...others, ...(severity === undefined ? {} : { severity: severity.join(',') }) }
}

export function FindingsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = queryOf(search)
  const summary = useQuery(findingSummaryQuery(without(query, 'severity')))
  const list = usePagedList<Finding>({
    queryKey: ['findings', query],
    fetchPage: (cursor, signal) =>
      call(
        'listFindings',
        { query: { ...query, limit: 100, ...(cursor === undefined ? {} : { cursor }) } },
        signal,
      ),
    keyOf,
    topics: TOPICS,
  })
  const change = useCallback(
    (next: FindingSearch) => void navigate({ search: next, replace: true }),
    [navigate],
  )
  const { finding: openId, ...filters } = search
  return (
    <Page title="Findings" lead={<Wholeness summary={summary.data} />} fill>
      <FilterBar search={filters} change={change} />
      <SeverityChips counts={summary.data?.counts} search={filters} change={change} />
      <ListView
        list={list}
        label="Findings"
        noun="finding"
        columns={search.digest === undefined ? findingColumns.everywhere : findingColumns.oneImage}
        rowKey={keyOf}
        activeKey={openId}
        Card={FindingCard}
        empty={
          <NoFindings
            filters={filters}
            // Numbers of the filters before would speak for another image.
            summary={summary.isPlaceholderData ? undefined : summary.data}
            isLoading={summary.isPlaceholderData || summary.isPending}
            clear={() => change({})}
          />
        }
      />
      <FindingDrawer
        id={openId}
        close={() => void navigate({ search: (old) => without(old, 'finding'), resetScroll: false })}
      />
    </Page>
  )
}

/** As of when, and why the list is not whole, if it is not. */
function Wholeness({ summary }: { summary: FindingSummary | undefined }) {
  if (summary === undefined) return 'Known vulnerabilities in your images.'
  return (
    <Group gap="4px 12px">
      {summary.asOf === null ? (
        'Known vulnerabilities in your images.'
      ) : (
        <span>
          As of <TimeAgo time={summary.asOf} />
        </span>
      )}
      {summary.suppressed === 0 ? null : (
        <span>{number(summary.suppressed)} not counted, by VEX statements on this image</span>
      )}
      {summary.incompleteBecause === null ? null : (
        <Group gap={4} wrap="nowrap" style={{ color: 'var(--tone-warn)' }}>
          <IconAlertTriangle size={14} aria-hidden style={{ flex: 'none' }} />
          <span className="wrap-words">Incomplete because {summary.incompleteBecause}</span>
        </Group>
      )}
    </Group>
  )
}

interface NoFindingsProps {
  filters: FindingSearch
  summary: FindingSummary | undefined
  isLoading: boolean
  clear: () => void
}

function NoFindings({ filters, summary, isLoading, clear }: NoFindingsProps) {
  if (filters.digest !== undefined && isLoading) return <RowsSkeleton />
  const reason = summary?.incompleteBecause ?? null
  if (filters.digest !== undefined && reason !== null) {
    return (
      <Empty
        icon={<IconAlertTriangle size={22} />}
        title="No result for this digest"
        action={<ClearFilters clear={clear} />}
      >
        {sentence(reason)}
      </Empty>
    )
  }
  const onlyDigest = filters.digest !== undefined && Object.keys(filters).length === 1
  if (onlyDigest && summary !== undefined) {
    return (
      <Empty icon={<IconShieldCheck size={22} />} title="No known vulnerability in this image">
        <Text inherit>Checked against the vulnerability data whose age stands at the lower left.</Text>
      </Empty>
    )
  }
  if (Object.keys(filters).length > 0) {
    const hidden = summary === undefined ? 0 : totalOf(summary.counts)
    return (
      <Empty
        icon={<IconListSearch size={22} />}
        title="No finding fits these filters"
        action={<ClearFilters clear={clear} />}
      >
        {filters.severity !== undefined && hidden > 0 ? 'Other severities have findings.' : null}
      </Empty>
    )
  }
  return (
    <Empty
      icon={<IconListSearch size={22} />}
      title="No findings yet"
      action={<LinkButton to="/images">View Images</LinkButton>}
    >
      Findings appear as soon as the first image is scanned.
    </Empty>
  )
}
