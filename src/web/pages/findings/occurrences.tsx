import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import type { FindingOccurrence } from '../../../contract/index.ts'
import { Digest } from '../../components/digest.tsx'
import { LinkAnchor } from '../../components/links.tsx'
import { number } from '../../lib/format.ts'
import classes from './findings.module.css'

const FIRST = 20

/** Image, platform, package, path and layer of each place. */
export function Occurrences({ occurrences }: { occurrences: readonly FindingOccurrence[] }) {
  const [all, setAll] = useState(false)
  const shown = all ? occurrences : occurrences.slice(0, FIRST)
  return (
    <>
      <ul className={classes['occurrences']} aria-label="Places">
        {shown.map((occurrence, index) => (
          <Occurrence key={index} occurrence={occurrence} />
        ))}
      </ul>
      {shown.length < occurrences.length ? (
        <Button variant="default" mt="xs" onClick={() => setAll(true)}>
          Show all {number(occurrences.length)}
        </Button>
      ) : null}
    </>
  )
}

function Occurrence({ occurrence }: { occurrence: FindingOccurrence }) {
  const { digest, tags, platform, packageName, installedVersion, fixedVersion, path, layer } = occurrence
  return (
    <li className={classes['occurrence']}>
      <Group gap="xs" justify="space-between">
        <LinkAnchor to="/images" search={{ digest }} size="sm" className="wrap-anywhere">
          {tags.length === 0 ? 'untagged' : tags.slice(0, 3).join(', ')}
          {tags.length > 3 ? ` +${tags.length - 3}` : ''}
        </LinkAnchor>
        <Group gap="xs">
          <Digest digest={digest} />
          <Text span size="xs" c="dimmed">
            {platform}
          </Text>
        </Group>
      </Group>
      <div className="wrap-anywhere">
        {packageName} <span className="mono">{installedVersion}</span>
        {fixedVersion === '' ? null : (
          <>
            {' → '}
            <span className="mono">{fixedVersion}</span>
          </>
        )}
      </div>
      {path === null ? null : (
        <div className="mono wrap-anywhere">
          <Text span inherit c="dimmed">
            path{' '}
          </Text>
          {path}
        </div>
      )}
      {layer === null ? null : (
        <Group gap={6}>
          <Text span size="xs" c="dimmed">
            layer {layer.ordinal + 1}
          </Text>
          <Digest digest={layer.digest} />
        </Group>
      )}
    </li>
  )
}
