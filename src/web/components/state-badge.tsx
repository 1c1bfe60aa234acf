import { Badge, Tooltip } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconClock,
  IconHelpCircle,
  IconInfoCircle,
  IconLoader2,
  IconX,
} from '@tabler/icons-react'
import type { ConnectionStatus, Scan, ScanStatus } from '../../contract/index.ts'
import classes from './state-badge.module.css'

type Tone = 'good' | 'bad' | 'busy' | 'warn' | 'calm'

const ICONS = {
  good: IconCircleCheck,
  bad: IconX,
  busy: IconLoader2,
  warn: IconAlertTriangle,
  calm: IconInfoCircle,
  waiting: IconClock,
  question: IconHelpCircle,
}

export interface StateBadgeProps {
  tone: Tone
  word: string
  icon?: keyof typeof ICONS
  /** What the state means, on hover and focus. */
  meaning?: string
}

/** A state: colour, icon and word together. */
export function StateBadge({ tone, word, icon, meaning }: StateBadgeProps) {
  const Icon = ICONS[icon ?? tone]
  const badge = (
    <Badge
      className={classes['badge'] ?? ''}
      data-tone={tone}
      radius="sm"
      leftSection={
        <Icon size={13} stroke={2.2} aria-hidden className={tone === 'busy' ? (classes['spin'] ?? '') : ''} />
      }
    >
      {word}
    </Badge>
  )
  return meaning === undefined ? badge : <Tooltip label={meaning}>{badge}</Tooltip>
}

/** Meaning and what to do, as the documentation's table has them. */
export const CONNECTION_STATES: Readonly<Record<ConnectionStatus, StateBadgeProps & { action: string }>> = {
  Connected: {
    tone: 'good',
    word: 'Connected',
    meaning: 'Credentials valid and connectivity confirmed.',
    action: 'Ready to discover/scan',
  },
  Error: {
    tone: 'bad',
    word: 'Error',
    meaning: 'Authentication failed or network unreachable.',
    action: 'Click Edit to update credentials',
  },
  Syncing: {
    tone: 'busy',
    word: 'Syncing',
    meaning: 'Discovery or scan in progress.',
    action: 'Wait for completion',
  },
  Unknown: {
    tone: 'calm',
    word: 'Unknown',
    icon: 'question',
    meaning: 'Status not yet determined.',
    action: 'Click Discover to test',
  },
}

export function ConnectionBadge({ status }: { status: ConnectionStatus }) {
  const { meaning, action, ...badge } = CONNECTION_STATES[status]
  return <StateBadge {...badge} meaning={`${meaning} ${action}.`} />
}

const SCAN_STATES: Readonly<Record<ScanStatus, StateBadgeProps>> = {
  Pending: { tone: 'calm', word: 'Pending', icon: 'waiting' },
  Scanning: { tone: 'busy', word: 'Scanning' },
  Completed: { tone: 'good', word: 'Completed' },
  Failed: { tone: 'bad', word: 'Failed' },
}

export function ScanBadge({ status }: { status: ScanStatus }) {
  return <StateBadge {...SCAN_STATES[status]} />
}

const SCAN_WORDS: Readonly<Record<Scan['state'], ScanStatus | 'Cancelled'>> = {
  pending: 'Pending',
  scanning: 'Scanning',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

export function ScanStateBadge({ state }: { state: Scan['state'] }) {
  const word = SCAN_WORDS[state]
  return word === 'Cancelled' ? <StateBadge tone="calm" word={word} /> : <ScanBadge status={word} />
}
