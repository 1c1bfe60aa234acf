import { ActionIcon, Group, Text, Tooltip } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import type { Image, ImageKind } from '../../../contract/index.ts'
import { useScanActions } from '../../components/actions.ts'
import { ReasonText } from '../../components/faces.tsx'
import { LinkAnchor, LinkPlain } from '../../components/links.tsx'
import { SeverityBar } from '../../components/severity.tsx'
import { ScanBadge, StateBadge } from '../../components/state-badge.tsx'
import classes from './images.module.css'

interface CellProps {
  image: Image
}

/** The row's main link: it opens the details. */
export function RepositoryLink({ image }: CellProps) {
  return (
    <LinkAnchor
      to="/images"
      search={(old) => ({ ...old, image: image.id })}
      resetScroll={false}
      data-row-link
      c="inherit"
      fw={500}
      size="sm"
      underline="never"
      title={`${image.repository.host}/${image.repository.path}`}
    >
      {image.repository.path}
    </LinkAnchor>
  )
}

/** The first three, then how many more there are. */
export function Tags({ image }: CellProps) {
  const shown = image.tags.slice(0, 3)
  const more = image.tagCount - shown.length
  if (shown.length === 0) {
    return (
      <Text span inherit c="dimmed">
        untagged
      </Text>
    )
  }
  return (
    <span className={classes['tags']} title={shown.join(', ')}>
      {shown.map((tag) => (
        <span key={tag} className={classes['tag']}>
          {tag}
        </span>
      ))}
      {more > 0 ? <span className={classes['more']}>+{more}</span> : null}
    </span>
  )
}

export function ScmLink({ image }: CellProps) {
  return image.scmLink === null ? (
    <Text span inherit c="dimmed">
      Unlinked
    </Text>
  ) : (
    <span className="mono" title={image.scmLink}>
      {image.scmLink}
    </span>
  )
}

const KINDS: Readonly<Record<ImageKind, string>> = {
  image: 'Image',
  chart: 'Chart',
  signature: 'Signature',
  attestation: 'Attestation',
  other: 'Other',
  unknown: 'Unknown',
}

/** Why nothing waits for it, and the way to a scan all the same. */
export function unselectedWords(because: string): string {
  return `Not selected for scanning: ${because}. Its details have “Scan Now”, which scans it all the same.`
}

/** With `retry` a failed scan has its button beside it. */
export function ScanState({ image, retry = true }: CellProps & { retry?: boolean }) {
  const { scanStatus, scanReason } = image
  if (image.unselectedBecause !== null) {
    return <StateBadge tone="calm" word="Not selected" meaning={unselectedWords(image.unselectedBecause)} />
  }
  if (scanStatus === null) {
    return (
      <StateBadge tone="calm" word={KINDS[image.kind]} meaning="Not an image: there is nothing to scan." />
    )
  }
  if (scanStatus === 'Completed') {
    return (
      <LinkPlain to="/findings" search={{ digest: image.digest }} aria-label="Completed: show its findings">
        <ScanBadge status="Completed" />
      </LinkPlain>
    )
  }
  if (scanStatus !== 'Failed') return <ScanBadge status={scanStatus} />
  return (
    <Group gap={2} wrap="nowrap">
      <Tooltip label={scanReason === null ? 'No reason was stored.' : <ReasonText reason={scanReason} />}>
        <span>
          <ScanBadge status="Failed" />
        </span>
      </Tooltip>
      {retry ? <RetryScan image={image} /> : null}
    </Group>
  )
}

function RetryScan({ image }: CellProps) {
  const { scanImage } = useScanActions()
  return (
    <Tooltip label="Try again">
      <ActionIcon
        size="sm"
        aria-label={`Try the scan of ${image.repository.path} again`}
        loading={scanImage.isPending}
        onClick={() => scanImage.mutate(image)}
      >
        <IconRefresh size={14} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

export function FindingCounts({ image }: CellProps) {
  if (image.counts === null) {
    return (
      <Text span inherit c="dimmed">
        –
      </Text>
    )
  }
  return (
    <LinkPlain to="/findings" search={{ digest: image.digest }} className={classes['counts'] ?? ''}>
      <SeverityBar counts={image.counts} />
    </LinkPlain>
  )
}

export function Platforms({ image }: CellProps) {
  const text = image.platforms.join(', ')
  return <span title={text}>{text === '' ? '–' : text}</span>
}
