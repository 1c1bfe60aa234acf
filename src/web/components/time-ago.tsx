import { Tooltip } from '@mantine/core'
import { absoluteTime, relativeTime } from '../lib/format.ts'
import { useNow } from './now.ts'

/** "5 hours ago", with date, time and zone on hover. */
export function TimeAgo({ time, fallback = '–' }: { time: string | null; fallback?: string }) {
  const now = useNow()
  if (time === null) return <span>{fallback}</span>
  return (
    <Tooltip label={absoluteTime(time)}>
      <time dateTime={time}>{relativeTime(time, now)}</time>
    </Tooltip>
  )
}
