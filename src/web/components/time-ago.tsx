import { absoluteTime, relativeTime } from '../lib/format.ts'
import { useNow } from './now.ts'

/** "5 hours ago", with date, time and zone on hover. A native title: long tables have one in each row. */
export function TimeAgo({ time, fallback = '–' }: { time: string | null; fallback?: string }) {
  const now = useNow()
  if (time === null) return <span>{fallback}</span>
  return (
    <time dateTime={time} title={absoluteTime(time)}>
      {relativeTime(time, now)}
    </time>
  )
}
