import { Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { PlatformField, RegistryPlatform } from '../../../contract/index.ts'
import type { Draft } from '../../lib/connection-form.ts'
import { FieldInput } from './field-input.tsx'
import classes from './form.module.css'

export interface PlatformFieldsProps {
  platform: RegistryPlatform
  draft: Draft
  change: (change: Partial<Draft>) => void
  errors: Readonly<Record<string, string>>
  /** Names of secrets that the server keeps. */
  stored: readonly string[]
}

/** The fields of a platform's description; those of the way to the registry, which few need, are folded away. */
export function PlatformFields(props: PlatformFieldsProps) {
  const { fields } = props.platform
  const way = fields.filter(({ group }) => group === 'transport')
  return (
    <>
      <Inputs {...props} fields={fields.filter(({ group }) => group === undefined)} />
      {way.length === 0 ? null : <Way {...props} fields={way} />}
    </>
  )
}

interface GroupProps extends PlatformFieldsProps {
  fields: readonly PlatformField[]
}

function Inputs({ fields, draft, change, errors, stored }: GroupProps) {
  return fields.map((field) => (
    <FieldInput
      key={field.name}
      field={field}
      value={draft.values[field.name]}
      stored={stored.includes(field.name)}
      error={errors[field.name]}
      change={(value) => change({ values: { ...draft.values, [field.name]: value } })}
    />
  ))
}

function Way(props: GroupProps) {
  const { fields, draft, errors, stored } = props
  const [isOpen, setOpen] = useState(() =>
    fields.some(({ name }) => Boolean(draft.values[name]) || stored.includes(name)),
  )
  const isWrong = fields.some(({ name }) => errors[name] !== undefined)
  return (
    <details
      className={classes['way']}
      open={isOpen || isWrong}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <Text span size="sm" fw={600}>
          How this registry is reached
        </Text>{' '}
        <Text span size="xs" c="dimmed">
          CA certificate, proxy, protection on the way
        </Text>
      </summary>
      <Stack gap="sm" mt="sm">
        <Inputs {...props} />
      </Stack>
    </details>
  )
}
