import { Button, Group, Stepper } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { RegistryConnection, RegistryPlatform } from '../../../contract/index.ts'
import { problemOf } from '../../api/problem.ts'
import { announce } from '../../components/announcer.ts'
import { Failed } from '../../components/faces.tsx'
import { LinkButton } from '../../components/links.tsx'
import { type Draft, fieldErrors, missing, stepOfErrors } from '../../lib/connection-form.ts'
import { ConfigurationStep } from './configuration-step.tsx'
import { CredentialsStep } from './credentials-step.tsx'
import classes from './form.module.css'
import { PlatformStep } from './platform-step.tsx'
import { SaveStep } from './save-step.tsx'
import { type Saving, useSaving } from './saving.ts'

export const STEPS = ['platform', 'credentials', 'configuration', 'save'] as const
export type Step = (typeof STEPS)[number]

const LABELS: Readonly<Record<Step, string>> = {
  platform: 'Select Platform',
  credentials: 'Enter Credentials',
  configuration: 'Configuration',
  save: 'Save',
}

export interface WizardProps {
  platforms: readonly RegistryPlatform[]
  egressAddresses: readonly string[]
  platform: RegistryPlatform | undefined
  choosePlatform: (id: string) => void
  draft: Draft
  change: (change: Partial<Draft>) => void
  /** The connection that is edited; none: a new one. */
  connection?: RegistryConnection
  firstStep: Step
}

/** Which step is shown, and the ways between them: none goes past fields that are missing. */
function useSteps({ platform, draft, connection, firstStep }: WizardProps) {
  const steps = connection === undefined ? STEPS : STEPS.slice(1)
  const [step, setStep] = useState<Step>(firstStep)
  const [tried, setTried] = useState(false)
  const [moves, setMoves] = useState(0)
  const form = useLead(moves)
  const wrong = platform === undefined ? {} : missing(platform.fields, draft, connection?.secretFields ?? [])
  const isComplete = platform !== undefined && Object.keys(wrong).length === 0
  const go = (target: Step | undefined): void => {
    if (target === undefined || (platform === undefined && target !== 'platform')) return
    setMoves((count) => count + 1)
    const isLater = target === 'configuration' || target === 'save'
    if (isLater && !isComplete) {
      setTried(true)
      setStep('credentials')
      announce('Some fields are missing.')
      return
    }
    setStep(target)
  }
  return { form, steps, step, active: steps.indexOf(step), go, isComplete, wrong: tried ? wrong : {} }
}

/** Every move leads to what is wrong, or else to the step: the button that was pressed stands behind it, or has gone. */
function useLead(moves: number): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (moves === 0 || document.activeElement?.role === 'alert') return
    const find = (selector: string) => form.current?.querySelector<HTMLElement>(selector)
    const next = find('[aria-invalid="true"]') ?? find('[data-step]')
    next?.focus()
  }, [moves])
  return form
}

/** Add or edit a connection, step by step. */
export function Wizard(props: WizardProps) {
  const { platform, draft, connection } = props
  const { form, steps, step, active, go, isComplete, wrong } = useSteps(props)
  const saving = useSaving({
    platform,
    draft,
    onRefused: (error) => {
      const at = stepOfErrors(fieldErrors(problemOf(error)), platform?.fields ?? [])
      if (at !== undefined) go(at)
    },
    ...(connection === undefined ? {} : { connection }),
  })
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const errors = { ...wrong, ...(saving.error === null ? {} : fieldErrors(problemOf(saving.error))) }
  const change = (part: Partial<Draft>): void => {
    saving.forget()
    props.change(part)
  }
  const update = (): void => {
    go('save')
    if (isComplete) saving.save()
  }
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (step === 'save') saving.save()
        else go(steps[active + 1])
      }}
    >
      <Stepper
        active={active}
        onStepClick={(index) => go(steps[index])}
        size="sm"
        iconSize={28}
        wrap={false}
        maw={900}
        mb="lg"
      >
        {steps.map((name, index) => (
          <Stepper.Step
            key={name}
            // A narrow window has room for the name of one step.
            {...(narrow === true && name !== step
              ? { 'aria-label': `${index + 1} ${LABELS[name]}` }
              : { label: LABELS[name] })}
            {...(name === step ? { 'aria-current': 'step' as const } : {})}
            allowStepSelect={name === 'platform' || platform !== undefined}
          />
        ))}
      </Stepper>
      {saving.error === null || step === 'save' ? null : <Failed error={saving.error} isAnswer />}
      <div data-step={step} tabIndex={-1} className={classes['step']}>
        <StepBody {...props} change={change} step={step} errors={errors} saving={saving} />
      </div>
      <Group mt="lg" gap="xs">
        {active === 0 ? (
          <LinkButton to="/settings/registry-connections" variant="default" size="sm">
            Cancel
          </LinkButton>
        ) : (
          <Button variant="default" size="sm" onClick={() => go(steps[active - 1])}>
            Back
          </Button>
        )}
        {step === 'save' ? (
          <SaveButtons saving={saving} isNew={connection === undefined} edit={() => go('credentials')} />
        ) : (
          <Button type="submit" size="sm" disabled={platform === undefined}>
            Next
          </Button>
        )}
        {connection === undefined || step === 'save' ? null : (
          <Button size="sm" variant="default" onClick={update}>
            Update
          </Button>
        )}
      </Group>
    </form>
  )
}

interface StepBodyProps extends WizardProps {
  step: Step
  errors: Readonly<Record<string, string>>
  saving: Saving
}

function StepBody({ step, errors, saving, ...props }: StepBodyProps) {
  const { platform, draft, change } = props
  if (step === 'platform' || platform === undefined) {
    return <PlatformStep platforms={props.platforms} platform={platform} choose={props.choosePlatform} />
  }
  if (step === 'credentials') {
    return (
      <CredentialsStep
        {...{ platform, draft, change, errors }}
        stored={props.connection?.secretFields ?? []}
        egressAddresses={props.egressAddresses}
      />
    )
  }
  if (step === 'configuration') return <ConfigurationStep {...{ draft, change, errors }} />
  return <SaveStep {...{ platform, draft, saving }} />
}

interface SaveButtonsProps {
  saving: Saving
  isNew: boolean
  edit: () => void
}

function SaveButtons({ saving, isNew, edit }: SaveButtonsProps) {
  const refused = saving.result !== null && !saving.result.ok
  return (
    <>
      <Button type="submit" size="sm" loading={saving.isBusy}>
        {isNew ? 'Save Connection' : 'Update'}
      </Button>
      {refused ? (
        <>
          <Button size="sm" variant="default" onClick={edit}>
            Edit credentials
          </Button>
          <Button size="sm" variant="subtle" onClick={saving.saveAnyway}>
            Save without connecting
          </Button>
        </>
      ) : null}
    </>
  )
}
