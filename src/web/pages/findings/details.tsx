import { Alert, Anchor, Group, Stack, Text, Title } from '@mantine/core'
import type { FindingDetail } from '../../../contract/index.ts'
import { Facts } from '../../components/facts.tsx'
import { LinkAnchor } from '../../components/links.tsx'
import { SeverityWord } from '../../components/severity.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { counted, safeLink } from '../../lib/format.ts'
import { Fix, statusWords } from './cells.tsx'
import classes from './findings.module.css'
import { Occurrences } from './occurrences.tsx'

export function FindingDetails({ finding }: { finding: FindingDetail }) {
  return (
    <Stack gap="md">
      <div>
        <Text fw={600} className="wrap-anywhere">
          {finding.title}
        </Text>
        <Group gap="xs" mt={6}>
          <SeverityWord severity={finding.severity} />
          <Text span size="xs" c="dimmed">
            rated by {finding.severitySource === '' ? 'no source' : finding.severitySource}
          </Text>
        </Group>
      </div>
      <VexStatement vex={finding.vex} />
      <Facts facts={factsOf(finding)} />
      <section>
        <Title order={2} size="h3" mb={4}>
          Description
        </Title>
        <Text
          size="sm"
          component="section"
          className={classes['description'] ?? ''}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long text scrolls in itself: by keyboard too
          tabIndex={0}
          aria-label="Description"
        >
          {finding.description === '' ? 'The vulnerability data has no description.' : finding.description}
        </Text>
      </section>
      <section>
        <Title order={2} size="h3">
          Where it is · {counted(finding.occurrences.length, 'place')}
        </Title>
        <Occurrences occurrences={finding.occurrences} />
      </section>
      <References references={finding.references} />
    </Stack>
  )
}

/** Why it does not count in this image, in the words of who says so. */
function VexStatement({ vex }: Pick<FindingDetail, 'vex'>) {
  if (vex === null) return null
  const why = [vex.justification.replaceAll('_', ' '), vex.impact].filter((text) => text !== '').join(': ')
  return (
    <Alert color="gray" title={`VEX: ${statusWords(vex.status)} in this image`}>
      <Text size="sm" className="wrap-anywhere">
        {why === '' ? 'No reason is given.' : why}
      </Text>
      <Text size="xs" c="dimmed" className="wrap-anywhere">
        {vex.author === '' ? vex.source : `${vex.author}, ${vex.source}`}
      </Text>
    </Alert>
  )
}

function factsOf(finding: FindingDetail) {
  const source = finding.dataSource
  const sourceUrl = source === null ? null : safeLink(source.url)
  return [
    [
      'Package',
      <LinkAnchor key="p" to="/findings" search={{ package: finding.packageName }} size="sm">
        {finding.packageName}
      </LinkAnchor>,
    ],
    [
      'Installed',
      <span key="i" className="mono">
        {finding.installedVersions.join(', ')}
      </span>,
    ],
    ['Fixed version', <Fix key="f" finding={{ ...finding, vex: null }} />],
    ['Status', finding.status === '' ? null : statusWords(finding.status)],
    [
      'Repository',
      <LinkAnchor key="r" to="/images" search={{ repository: finding.repository.id }} size="sm">
        {finding.repository.path}
      </LinkAnchor>,
    ],
    [
      'CVSS',
      finding.cvss.length === 0 ? null : (
        <Stack key="c" gap={2}>
          {finding.cvss.map(({ source, version, vector, score }) => (
            <div key={`${source} ${vector}`}>
              <b>{score.toFixed(1)}</b> {source}{' '}
              <Text span size="xs" c="dimmed" className="mono">
                {vector.startsWith('CVSS:') ? vector : `v${version} ${vector}`}
              </Text>
            </div>
          ))}
        </Stack>
      ),
    ],
    ['Weakness', finding.cweIds.length === 0 ? null : finding.cweIds.join(', ')],
    ['Advisories', finding.vendorIds.length === 0 ? null : finding.vendorIds.join(', ')],
    [
      'Data source',
      source === null ? null : sourceUrl === null ? (
        source.name
      ) : (
        <Anchor key="d" href={sourceUrl.href} target="_blank" rel="noreferrer" size="sm">
          {source.name}
        </Anchor>
      ),
    ],
    ['Published', finding.publishedAt === null ? null : <TimeAgo key="pub" time={finding.publishedAt} />],
    ['Modified', finding.modifiedAt === null ? null : <TimeAgo key="mod" time={finding.modifiedAt} />],
    ['First seen', finding.firstSeenAt === null ? null : <TimeAgo key="seen" time={finding.firstSeenAt} />],
  ] as const
}

/** Links of http and https alone; whatever else a source wrote stands as text. */
function References({ references }: { references: readonly string[] }) {
  if (references.length === 0) return null
  return (
    <section>
      <Title order={2} size="h3" mb={4}>
        References
      </Title>
      <ul className={classes['references']}>
        {references.map((reference) => {
          const url = safeLink(reference)
          return (
            <li key={reference} className="wrap-anywhere">
              {url === null ? (
                reference
              ) : (
                <Anchor href={url.href} target="_blank" rel="noreferrer" size="sm">
                  {reference}
                </Anchor>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
