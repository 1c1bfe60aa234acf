import { Loader, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconMinus, IconX } from '@tabler/icons-react'
import type { CheckResult, CheckStep } from '../../../contract/index.ts'
import { FailedToConnect } from '../../components/failed-to-connect.tsx'
import classes from './form.module.css'
import type { Saving } from './saving.ts'

const STEPS: readonly (readonly [CheckStep['id'], string])[] = [
  ['network', 'Network'],
  ['tls', 'TLS'],
  ['sign-in', 'Sign-in'],
  ['list', 'List repositories'],
  ['pull', 'Pull an image'],
]

const NO_REASON = { message: 'A step of the check failed.', remedy: null }

type LineState = CheckStep['state'] | 'running' | 'waiting'

const WORDS: Readonly<Record<LineState, string>> = {
  passed: 'Passed',
  failed: 'Failed',
  skipped: 'Skipped',
  warning: 'Warning',
  running: 'Checking',
  waiting: 'Not checked yet',
}

const ICONS: Readonly<Record<Exclude<LineState, 'running'>, typeof IconCheck>> = {
  passed: IconCheck,
  failed: IconX,
  skipped: IconMinus,
  warning: IconAlertTriangle,
  waiting: IconCircleDashed,
}

/** The five steps of a connection's check, under what failed and what to do. */
export function CheckLines({ saving }: { saving: Saving }) {
  const { result, isChecking } = saving
  const steps = result?.steps ?? saving.steps
  return (
    <Stack gap="xs">
      {result === null || result.ok ? null : <FailedToConnect reason={result.error ?? NO_REASON} />}
      <ol className={classes['check']} aria-label="Connection check" aria-busy={isChecking}>
        {STEPS.map(([id, label]) => {
          const step = steps.find((candidate) => candidate.id === id)
          const words = step === undefined ? null : wordsOf(step, result?.error ?? null)
          const state = step?.state ?? stateWithout(id, steps, saving)
          return <CheckLine key={id} label={label} state={state} words={words} />
        })}
      </ol>
    </Stack>
  )
}

/** Of a step that nothing is known of. */
function stateWithout(
  id: CheckStep['id'],
  steps: readonly CheckStep[],
  { result, isChecking }: Saving,
): LineState {
  if (isChecking) return STEPS[steps.length]?.[0] === id ? 'running' : 'waiting'
  return result === null ? 'waiting' : 'skipped'
}

type Words = Pick<CheckStep, 'message' | 'remedy'>

/** What stands above the steps already is not said again. */
function wordsOf({ state, message, remedy }: CheckStep, error: CheckResult['error']): Words {
  const isSaid = state === 'failed' && message === error?.message
  return isSaid
    ? { message: 'What failed, and what to do, stands above.', remedy: null }
    : { message, remedy }
}

function CheckLine({ label, state, words }: { label: string; state: LineState; words: Words | null }) {
  const Icon = state === 'running' ? null : ICONS[state]
  return (
    <li data-state={state}>
      <span className={classes['mark']}>
        {Icon === null ? <Loader size={14} /> : <Icon size={16} stroke={2.2} aria-hidden />}
      </span>
      <div>
        <Text size="sm" fw={600} span>
          {label}
        </Text>{' '}
        <Text size="xs" c="dimmed" span>
          {WORDS[state]}
        </Text>
        {words === null || words.message === '' ? null : (
          <Text size="sm" className="wrap-anywhere">
            {words.message}
          </Text>
        )}
        {words === null || words.remedy === null ? null : (
          <Text size="sm" className="wrap-anywhere">
            <b>What to do:</b> {words.remedy}
          </Text>
        )}
      </div>
    </li>
  )
}
