import { Alert, Button, Group, Stack, Table, Text, Title, Tooltip } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ImageDetail } from '../../../contract/index.ts'
import { scanEnginesQuery } from '../../api/queries.ts'
import { useScanActions } from '../../components/actions.ts'
import { Copy } from '../../components/copy.tsx'
import { Digest } from '../../components/digest.tsx'
import { ReasonText } from '../../components/faces.tsx'
import { Facts } from '../../components/facts.tsx'
import { LinkAnchor, LinkButton, LinkPlain } from '../../components/links.tsx'
import { SeverityBar } from '../../components/severity.tsx'
import { ScanBadge, StateBadge } from '../../components/state-badge.tsx'
import { useNow } from '../../components/now.ts'
import { TimeAgo } from '../../components/time-ago.tsx'
import { bytes, number } from '../../lib/format.ts'
import { ScanState } from './cells.tsx'
import { AttachedSboms, SbomMenu, VexDocuments } from './documents.tsx'
import classes from './images.module.css'

/** Everything that is known of one image: in the drawer and on its own page. */
export function ImageDetails({ image }: { image: ImageDetail }) {
  const reference = `${image.repository.host}/${image.repository.path}@${image.digest}`
  return (
    <Stack gap="md">
      <Group gap={4} wrap="nowrap" align="flex-start">
        <Text size="sm" className="mono wrap-anywhere">
          {reference}
        </Text>
        <Copy text={reference} what="reference" />
      </Group>
      <ScanSummary image={image} />
      {image.notes.map((note) => (
        <Text key={note} size="sm" c="dimmed" className="wrap-anywhere">
          {note}
        </Text>
      ))}
      <Facts facts={factsOf(image, useEngineName(image))} />
      <PlatformTable image={image} />
      <AttachedSboms image={image} />
      {isImage(image) ? <VexDocuments image={image} /> : null}
      <div>
        <Title order={2} size="h3" mb={6}>
          Tags
        </Title>
        {image.allTags.length === 0 ? (
          <Text size="sm" c="dimmed">
            No tag points at this digest.
          </Text>
        ) : (
          <div className={classes['all-tags']}>
            {image.allTags.map((tag) => (
              <span key={tag} className={classes['tag']}>
                {tag}
              </span>
            ))}
          </div>
        )}
      </div>
    </Stack>
  )
}

/** What is not yet looked into counts as one: whoever wants it scanned finds out. */
function isImage({ kind }: ImageDetail): boolean {
  return kind === 'image' || kind === 'unknown'
}

/** What scanned the image, where that is not what scans everything else. */
function useEngineName({ engine, engineDetails }: ImageDetail): ReactNode {
  const engines = useQuery(scanEnginesQuery)
  const known = engines.data?.find(({ id }) => id === engine)
  if (known?.builtIn === true) return null
  const name = [known?.label ?? engine, engineDetails?.version].filter(Boolean).join(' ')
  if (engineDetails === null) return name
  const { databaseUpdatedAt } = engineDetails
  return (
    <>
      {name}, vulnerability data of <TimeAgo time={databaseUpdatedAt} fallback="unknown age" />
    </>
  )
}

function factsOf(image: ImageDetail, engine: ReactNode) {
  return [
    [
      'Repository',
      <LinkAnchor key="r" to="/images" search={{ repository: image.repository.id }} size="sm">
        {image.repository.path}
      </LinkAnchor>,
    ],
    ['Registry', image.repository.host],
    ['Lifecycle', image.lifecycle],
    ['SCM Link', image.scmLink ?? 'Unlinked'],
    ['Pushed', <TimeAgo key="p" time={image.pushedAt} fallback="not told by the registry" />],
    ['Scanned', <TimeAgo key="s" time={image.scannedAt} fallback="not yet" />],
    ['Engine', engine],
    ['Operating system', image.os === null ? null : <OperatingSystem key="o" os={image.os} />],
    ['Packages', image.packages === null ? null : number(image.packages)],
    ['Size', image.sizeBytes === null ? null : bytes(image.sizeBytes)],
  ] as const
}

/** With a word on its support where that has ended: what is found stays, what is new may not be listed. */
function OperatingSystem({ os }: { os: NonNullable<ImageDetail['os']> }) {
  const now = useNow()
  const ended = os.endOfLife !== null && Date.parse(os.endOfLife) <= now
  return (
    <Group gap="xs">
      {os.family} {os.release}
      {ended ? (
        <Tooltip label="New vulnerabilities of it may not be listed or fixed">
          <Text span size="sm" c="dimmed">
            support ended <TimeAgo time={os.endOfLife} />
          </Text>
        </Tooltip>
      ) : null}
    </Group>
  )
}

/** Status with its reason; what to do next. */
function ScanSummary({ image }: { image: ImageDetail }) {
  const { scanImage } = useScanActions()
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <ScanState image={image} retry={false} />
          {image.counts === null ? null : <SeverityBar counts={image.counts} />}
          {image.suppressed === 0 ? null : (
            <Text size="sm" c="dimmed">
              {number(image.suppressed)} not counted (VEX)
            </Text>
          )}
        </Group>
        <Group gap="xs">
          {image.scanStatus === 'Completed' ? (
            <LinkButton to="/findings" search={{ digest: image.digest }}>
              Show findings
            </LinkButton>
          ) : null}
          {image.scanStatus === 'Completed' ? <SbomMenu image={image} /> : null}
          {isImage(image) ? (
            <Button
              variant="default"
              loading={scanImage.isPending}
              disabled={image.scanStatus === 'Scanning'}
              onClick={() => scanImage.mutate(image)}
            >
              {image.scanStatus === 'Failed' ? 'Try again' : 'Scan Now'}
            </Button>
          ) : null}
        </Group>
      </Group>
      {image.unselectedBecause === null ? null : (
        <Text size="sm" c="dimmed">
          Not selected for scanning: {image.unselectedBecause}. “Scan Now” scans it all the same.
        </Text>
      )}
      {image.scanReason === null ? null : (
        <Alert icon={<IconAlertTriangle aria-hidden />} color="gray" className={classes['reason'] ?? ''}>
          <ReasonText reason={image.scanReason} />
        </Alert>
      )}
    </Stack>
  )
}

function PlatformTable({ image }: { image: ImageDetail }) {
  if (image.platformDetails.length === 0) return null
  return (
    <div>
      <Title order={2} size="h3" mb={6}>
        Platforms
      </Title>
      <Table.ScrollContainer minWidth={560} type="native">
        <Table verticalSpacing={6} aria-label="Platforms">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Platform</Table.Th>
              <Table.Th>Digest</Table.Th>
              <Table.Th ta="right">Size</Table.Th>
              <Table.Th>Scan Status</Table.Th>
              <Table.Th>Findings</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {image.platformDetails.map((platform) => (
              <Table.Tr key={`${platform.platform} ${platform.manifestDigest}`}>
                <Table.Td>{platform.platform === '' ? 'unknown' : platform.platform}</Table.Td>
                <Table.Td>
                  <Digest digest={platform.manifestDigest} />
                </Table.Td>
                <Table.Td ta="right">
                  {platform.sizeBytes === null ? '–' : bytes(platform.sizeBytes)}
                </Table.Td>
                <Table.Td>
                  {image.unselectedBecause === null ? <PlatformState platform={platform} /> : '–'}
                </Table.Td>
                <Table.Td>
                  {platform.counts === null ? (
                    '–'
                  ) : (
                    <LinkPlain to="/findings" search={{ digest: platform.manifestDigest }}>
                      <SeverityBar counts={platform.counts} />
                    </LinkPlain>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  )
}

function PlatformState({ platform }: { platform: ImageDetail['platformDetails'][number] }) {
  const { scanStatus, scanReason } = platform
  if (scanStatus === null) {
    return (
      <StateBadge tone="calm" word="Not chosen" meaning="The connection's platforms leave this one out." />
    )
  }
  if (scanReason === null) return <ScanBadge status={scanStatus} />
  return (
    <Tooltip label={<ReasonText reason={scanReason} />}>
      <span>
        <ScanBadge status={scanStatus} />
      </span>
    </Tooltip>
  )
}
