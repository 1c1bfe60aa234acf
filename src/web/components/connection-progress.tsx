import { Group, Progress, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Progress as ProgressData } from '../../contract/index.ts'
import { connectionsQuery } from '../api/queries.ts'
import { number } from '../lib/format.ts'
import { rateOf, type Sample, withSample } from '../lib/rate.ts'
import { announce } from './announcer.ts'

const WORDS = { discovering: 'Discovering', scanning: 'Scanning' } as const
/** A screen reader hears of each quarter, not of each image. */
const QUARTERS = 4

function useRate({ phase, done }: ProgressData): string | null {
  const at = useQuery(connectionsQuery).dataUpdatedAt
  const [samples, setSamples] = useState<readonly Sample[]>([])
  const next = withSample(samples, { phase, done, at })
  if (next !== samples) setSamples(next)
  return rateOf(next)
}

/** What runs for a connection now: how far, how fast, and with what. */
export function ConnectionProgress({ name, progress }: { name: string; progress: ProgressData }) {
  const { phase, done, total, detail } = progress
  const rate = useRate(progress)
  const share = total === null || total === 0 ? null : Math.min(1, done / total)
  const quarter = share === null ? 0 : Math.floor(share * QUARTERS)
  useEffect(() => {
    announce(`${WORDS[phase]} ${name}${quarter === 0 ? '' : `: ${quarter * (100 / QUARTERS)} percent`}`)
  }, [phase, name, quarter])
  const counts = total === null ? number(done) : `${number(done)} of ${number(total)}`
  return (
    <div>
      <Progress.Root size={6} mb={4}>
        <Progress.Section
          value={share === null ? 100 : share * 100}
          animated={share === null}
          striped={share === null}
          aria-label={`${WORDS[phase]} ${name}`}
          aria-valuetext={`${counts}, ${detail}`}
        />
      </Progress.Root>
      <Group gap="xs" wrap="nowrap">
        <Text span size="xs" className="tabular" style={{ whiteSpace: 'nowrap' }}>
          {WORDS[phase]} {counts}
          {rate === null ? '' : ` · ${rate}`}
        </Text>
        <Text span size="xs" c="dimmed" className="clip">
          {detail}
        </Text>
      </Group>
    </div>
  )
}
